# R survival's answers for tests/derivations/test_survival.py and test_survival_comparisons.py.
# Run: Rscript tests/oracle/survival.R  (reads survival_input.csv, writes the other files beside it)
library(survival)
options(warn = 1, survfit.rmean = "none")
folder <- "tests/oracle"
input <- read.csv(file.path(folder, "survival_input.csv"), stringsAsFactors = FALSE,
                  na.strings = "", colClasses = c(group = "character", strata = "character"))
probabilities <- c(0.1, 0.25, 0.5, 0.75, 0.9)
conf_types <- c("log-log", "log", "plain")

save <- function(frame, name) {
  for (column in names(frame)) if (is.double(frame[[column]])) {
    text <- formatC(frame[[column]], digits = 17, width = 1, format = "g")
    frame[[column]] <- ifelse(is.na(frame[[column]]), "", text)
  }
  write.csv(frame, file.path(folder, name), row.names = FALSE, na = "", quote = FALSE)
}

curve_fit <- function(one, type, level = 0.95)
  survfit(Surv(time, cnsr == 0) ~ 1, data = one, conf.type = type, conf.int = level)

curve_rows <- function(name, one) {
  fit <- curve_fit(one, "log-log")
  rows <- data.frame(case = name, time = fit$time, nrisk = fit$n.risk, nevent = fit$n.event,
                     ncensor = fit$n.censor, survival = fit$surv, stderr = fit$surv * fit$std.err)
  for (type in conf_types) {
    fit <- curve_fit(one, type)
    rows[[paste0("lower_", type)]] <- fit$lower
    rows[[paste0("upper_", type)]] <- fit$upper
  }
  rows
}

median_row <- function(name, type, level, fit) {
  row <- unname(summary(fit)$table)  # what print.survfit shows: the last three
  data.frame(case = name, conf_type = type, level = level, median = row[5], low = row[6],
             high = row[7])
}

quantile_rows <- function(name, type, level, fit) {
  found <- quantile(fit, probabilities)
  data.frame(case = name, conf_type = type, level = level, probability = probabilities,
             value = unname(found$quantile), low = unname(found$lower), high = unname(found$upper))
}

# before, at, between and after the observed times
landmark_times <- function(time) {
  distinct <- sort(unique(time))
  first <- head(distinct, 2)
  sort(unique(c(0, first / 2, first, mean(first), median(time), quantile(time, 0.8, names = FALSE),
                max(time), max(time) + 10)))
}

landmark_rows <- function(name, type, one, fit) {
  at <- landmark_times(one$time)
  found <- summary(fit, times = at, extend = TRUE)
  data.frame(case = name, conf_type = type, at = found$time, nrisk = found$n.risk,
             nevent = cumsum(found$n.event), ncensor = cumsum(found$n.censor),
             survival = found$surv, stderr = found$std.err, lower = found$lower,
             upper = found$upper)
}

# the level at which the lower (sign 1) or upper (sign -1) log-log limit is exactly one half from
# the time at this place to the next, so that the limit has a plateau
plateau_level <- function(one, place, sign) {
  fit <- curve_fit(one, "log-log")
  z <- sign * log(log(0.5) / log(fit$surv[place])) * abs(log(fit$surv[place])) / fit$std.err[place]
  2 * pnorm(z) - 1
}

medians <- quantiles <- curves <- landmarks <- NULL
for (name in unique(input$case))
  curves <- rbind(curves, curve_rows(name, input[input$case == name, ]))
for (name in unique(input$case)) for (type in conf_types) {
  one <- input[input$case == name, ]
  fit <- curve_fit(one, type)
  landmarks <- rbind(landmarks, landmark_rows(name, type, one, fit))
  levels <- c(0.95, 0.9)
  if (type == "log-log" && name == "quartiles-on-plateaus")
    levels <- c(levels, plateau_level(one, 2, 1), plateau_level(one, 6, -1))
  for (level in levels) {
    fit <- curve_fit(one, type, level)
    medians <- rbind(medians, median_row(name, type, level, fit))
    quantiles <- rbind(quantiles, quantile_rows(name, type, level, fit))
  }
}
save(curves, "survival_curve.csv")
save(landmarks, "survival_landmark.csv")
save(medians, "survival_median.csv")
save(quantiles, "survival_quantile.csv")

# the value of an expression, NULL with its error, and its first warning
heard <- function(expression) {
  said <- ""
  value <- tryCatch(
    withCallingHandlers(expression, warning = function(w) {
      said <<- conditionMessage(w)
      invokeRestart("muffleWarning")
    }),
    error = function(e) { said <<- paste("error:", conditionMessage(e)); NULL })
  list(value = value, said = gsub("[,\n]", " ", said))
}

model <- function(is_stratified)
  if (is_stratified) Surv(time, cnsr == 0) ~ group + strata(strata) else Surv(time, cnsr == 0) ~ group

logrank_row <- function(name, is_stratified, one) {
  got <- heard(survdiff(model(is_stratified), data = one))
  test <- got$value
  if (is.null(test)) return(data.frame(case = name, stratified = is_stratified, chisq = NA_real_,
                                       df = NA_integer_, p = NA_real_, said = got$said))
  expected <- if (is.matrix(test$exp)) rowSums(test$exp) else test$exp
  data.frame(case = name, stratified = is_stratified, chisq = as.double(test$chisq),
             df = sum(expected > 0) - 1L, p = as.double(test$pvalue), said = got$said)
}

logrank_arm_rows <- function(name, is_stratified, one) {
  test <- heard(survdiff(model(is_stratified), data = one))$value
  if (is.null(test)) return(NULL)
  total <- function(x) if (is.matrix(x)) rowSums(x) else x
  data.frame(case = name, stratified = is_stratified, group = sort(unique(one$group)),
             n = as.integer(table(one$group)), observed = total(test$obs),
             expected = total(test$exp))
}

cox_row <- function(name, is_stratified, ties, one) {
  formula <- model(is_stratified)
  got <- heard(coxph(formula, data = one, ties = ties))
  fit <- got$value
  exact <- heard(coxph(formula, data = one, ties = ties,
                       control = coxph.control(eps = 1e-14, toler.chol = 1e-15)))$value
  limits <- heard(summary(fit))$value
  data.frame(case = name, stratified = is_stratified, ties = ties, coef = unname(coef(fit)),
             se = sqrt(fit$var[1, 1]), hr = limits$conf.int[1, 1], low = limits$conf.int[1, 3],
             high = limits$conf.int[1, 4], p = limits$coefficients[1, 5],
             converged_coef = unname(coef(exact)), converged_se = sqrt(exact$var[1, 1]),
             said = got$said)
}

tests <- arms <- hazards <- NULL
compared <- input[!is.na(input$group), ]
for (name in unique(compared$case)) {
  one <- compared[compared$case == name, ]
  for (is_stratified in c(FALSE, if (!anyNA(one$strata)) TRUE)) {
    tests <- rbind(tests, logrank_row(name, is_stratified, one))
    arms <- rbind(arms, logrank_arm_rows(name, is_stratified, one))
    if (length(unique(one$group)) == 2) for (ties in c("efron", "breslow"))
      hazards <- rbind(hazards, cox_row(name, is_stratified, ties, one))
  }
}
save(tests, "survival_logrank.csv")
save(arms, "survival_logrank_arms.csv")
save(hazards, "survival_cox.csv")

rates <- NULL
for (n in c(1, 2, 5, 15, 100, 10000)) for (successes in unique(round(n * c(0, 0.0001, 0.1, 0.5333, 0.97, 1))))
  for (level in c(0.95, 0.9)) {
    limits <- binom.test(successes, n, conf.level = level)$conf.int
    rates <- rbind(rates, data.frame(successes = successes, n = n, level = level,
                                     low = limits[1], high = limits[2]))
  }
save(unique(rates), "binom.csv")

exact <- wilcox.test(c(-10.1, -7.3, -4.8, -8.2), c(2.5, 2.6), exact = TRUE)
tied <- wilcox.test(c(-145, -105, -175, -80), c(5, 5), exact = FALSE, correct = TRUE)
write.csv(data.frame(case = c("exact", "tied"), p = c(exact$p.value, tied$p.value)),
          file.path(folder, "rank_sum.csv"), row.names = FALSE)

write.csv(data.frame(program = c("R", "survival"),
                     version = c(R.version$version.string, as.character(packageVersion("survival")))),
          file.path(folder, "survival_versions.csv"), row.names = FALSE)
