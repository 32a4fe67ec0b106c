# R's Kaplan-Meier medians and curves for tests/derivations/test_survival.py.
# Run: Rscript tests/oracle/survival.R  (writes survival_*.csv beside this file)
library(survival)
cases <- read.csv("tests/oracle/survival_input.csv", stringsAsFactors = FALSE)
medians <- NULL
curves <- NULL
for (name in unique(cases$case)) {
  one <- cases[cases$case == name, ]
  fit <- survfit(Surv(time, cnsr == 0) ~ 1, data = one, conf.type = "log-log")
  row <- summary(fit)$table
  medians <- rbind(medians, data.frame(
    case = name, median = row["median"], low = row["0.95LCL"], high = row["0.95UCL"],
    r = R.version$version.string, survival = as.character(packageVersion("survival"))))
  curves <- rbind(curves, data.frame(
    case = name, time = fit$time, nrisk = fit$n.risk, nevent = fit$n.event, ncensor = fit$n.censor,
    survival = fit$surv, stderr = fit$surv * fit$std.err, lower = fit$lower, upper = fit$upper))
}
write.csv(medians, "tests/oracle/survival_median.csv", row.names = FALSE, na = "")
write.csv(format(curves, digits = 15, trim = TRUE), "tests/oracle/survival_curve.csv",
          row.names = FALSE, quote = FALSE)
exact <- wilcox.test(c(-10.1, -7.3, -4.8, -8.2), c(2.5, 2.6), exact = TRUE)
tied <- wilcox.test(c(-145, -105, -175, -80), c(5, 5), exact = FALSE, correct = TRUE)
write.csv(data.frame(case = c("exact", "tied"), p = c(exact$p.value, tied$p.value)),
          "tests/oracle/rank_sum.csv", row.names = FALSE)
