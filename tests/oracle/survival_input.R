# Writes the data sets that survival.R answers: tests/oracle/survival_input.csv.
# Run: Rscript tests/oracle/survival_input.R  (deterministic; cases not made here stay as they are)
RNGversion("4.2.0")
set.seed(20240229)
path <- "tests/oracle/survival_input.csv"
made <- list()

add <- function(case, time, cnsr, group = NA, strata = NA)
  made[[case]] <<- data.frame(case = case, time = time, cnsr = cnsr, group = group, strata = strata)

# one curve, by hand
add("heavy-ties", rep(c(1, 2, 3), c(10, 12, 8)), rep(c(0, 1), length.out = 30))
add("event-and-censor-equal", c(3, 3, 5, 5, 8, 8, 9), c(1, 0, 1, 0, 0, 1, 1))
add("censored-after-last-event", c(2, 4, 6, 8, 50, 60, 70), c(0, 0, 0, 1, 1, 1, 1))
add("censored-before-first-event", c(1, 2, 3, 5, 8, 13), c(1, 1, 1, 0, 0, 0))
add("all-events", c(5, 1, 9, 3, 7, 2, 8), 0)
add("time-zero-event", c(0, 0, 4, 6, 9, 12), c(0, 1, 0, 0, 1, 0))
add("time-zero-censored", c(0, 4, 6, 9, 12), c(1, 0, 0, 1, 0))
add("last-plateau-one-half", c(4, 6, 20, 30), c(0, 0, 1, 1))
add("last-plateau-one-quarter", c(4, 6, 8, 40), c(0, 0, 0, 1))
add("plateau-one-quarter", c(4, 6, 8, 10), 0)
add("quartiles-on-plateaus", c(10, 20, 30, 40, 50, 60, 70, 80), 0)
add("plateau-of-thirds-product", c(1, 2, 3, 4, 5, 6), c(0, 1, 0, 0, 1, 0))
# few are left late, so the limits widen
add("limits-rise", c(1, 2, 3, 4, 5, 6, 7, 8, 90, 91), c(0, 0, 1, 1, 1, 1, 1, 0, 1, 1))
add("tiny-risk-set-at-the-end", c(1:10, 50, 60), c(0, 0, rep(1, 8), 0, 1))
# the plain and log upper limits stay at 1
add("limits-stay-at-one", c(1, 2, 3, 4, 5, 6, 7, 8, 9, 10), c(1, 1, 0, 1, 1, 1, 1, 1, 1, 1))
add("two-subjects", c(3, 5), c(0, 0))
add("one-event-late", c(1, 2, 3, 4, 100), c(1, 1, 1, 1, 0))
add("equal-but-for-rounding", c(0.3, 0.1 + 0.2, 1 / 3, 1 - 2 / 3, 0.7, 0.9), c(0, 0, 1, 0, 0, 1))
add("fractions-of-months", round(c(27, 52, 55, 57, 117, 228, 315, 371, 455, 540) / 30.4375, 6),
    c(0, 0, 1, 0, 0, 0, 1, 0, 1, 0))
time <- round(rexp(500, 1 / 400)) + 1
stop <- round(runif(500, 100, 900))
add("large", pmin(time, stop), as.integer(time > stop))
time <- ceiling(rexp(300, 1 / 12))
stop <- ceiling(runif(300, 3, 24))
add("large-months-tied", pmin(time, stop), as.integer(time > stop))
for (i in 1:6) {
  n <- sample(c(8, 15, 30, 60), 1)
  add(paste0("seeded-", i), sample(1:(3 * n), n, replace = TRUE), rbinom(n, 1, 0.15 * i))
}

# arms, by hand
add("arms-regular", c(6, 7, 10, 15, 19, 25, 4, 5, 8, 9, 12, 13), c(0, 1, 0, 0, 1, 0, 0, 0, 0, 1, 0, 0),
    rep(c("A", "B"), each = 6))
add("arms-tied", c(1, 1, 2, 2, 3, 3, 3, 1, 1, 1, 2, 2, 3, 4), c(0, 1, 0, 0, 0, 1, 0, 0, 0, 0, 0, 1, 0, 0),
    rep(c("A", "B"), each = 7))
add("arms-one-heavy-tie", rep(c(1, 2), c(12, 8)), rep(c(0, 0, 1, 0), 5), rep(c("A", "B"), 10))
add("arms-no-event-in-one", c(3, 4, 6, 8, 2, 5, 7, 9), c(1, 1, 1, 1, 0, 0, 0, 1),
    rep(c("A", "B"), each = 4))
add("arms-no-event-in-other", c(3, 4, 6, 8, 2, 5, 7, 9), c(0, 0, 1, 0, 1, 1, 1, 1),
    rep(c("A", "B"), each = 4))
# every death of B before any of A: the likelihood rises without end although both arms have events
add("arms-apart", c(10, 11, 12, 13, 1, 2, 3, 4), 0, rep(c("A", "B"), each = 4))
add("arms-no-events", c(1, 2, 3, 4), 1, c("A", "A", "B", "B"))
add("arms-identical", c(2, 4, 6, 2, 4, 6), c(0, 1, 0, 0, 1, 0), rep(c("A", "B"), each = 3))
add("arms-one-subject-each", c(2, 4), 0, c("A", "B"))
add("arms-one-gone-before-events", c(1, 2, 5, 6, 7), c(1, 1, 0, 0, 0), c("A", "A", "B", "B", "B"))
add("arms-equal-but-for-rounding", c(0.3, 0.1 + 0.2, 0.5, 0.7, 0.1 + 0.2, 0.3, 0.5, 0.9),
    c(0, 0, 1, 0, 0, 1, 0, 0), rep(c("A", "B"), 4))
add("arms-strata-regular", c(5, 8, 12, 15, 3, 6, 9, 20, 4, 7, 11, 14, 2, 5, 10, 13),
    c(0, 0, 1, 0, 0, 0, 0, 1, 0, 1, 0, 0, 0, 0, 0, 1), rep(c("A", "B"), each = 4, times = 2),
    rep(c("x", "y"), each = 8))
# stratum y holds one arm only: it says nothing
add("arms-strata-one-arm-in-one", c(5, 8, 12, 3, 6, 9, 1, 2, 3), c(0, 0, 0, 0, 0, 1, 0, 0, 1),
    c("A", "A", "B", "B", "A", "B", "A", "A", "A"), c(rep("x", 6), rep("y", 3)))
add("arms-strata-apart", c(5, 8, 3, 2, 9, 7, 1, 2), 0, rep(c("A", "A", "B", "B"), 2),
    rep(c("x", "y"), each = 4))

# each arm is a stratum of its own: there is nothing to compare
add("arms-are-the-strata", c(5, 8, 3, 2, 9, 7), c(0, 0, 1, 0, 0, 0), rep(c("A", "B"), each = 3),
    rep(c("x", "y"), each = 3))

# arms from the seed, with strata; three arms in the last ones
for (i in 1:8) {
  n <- c(20, 40, 60, 80, 100, 150, 200, 400)[i]
  group <- sample(c("A", "B"), n, replace = TRUE)
  strata <- sample(c("s1", "s2", "s3"), n, replace = TRUE)
  time <- ceiling(rexp(n, ifelse(group == "A", 1, 1.2 + i / 5) / 100) / c(1, 7, 30, 1)[1 + i %% 4])
  add(paste0("arms-seeded-", i), time, rbinom(n, 1, 0.1 * (i %% 5)), group, strata)
}
for (i in 1:4) {
  n <- c(12, 45, 90, 240)[i]
  group <- sample(c("A", "B", "C"), n, replace = TRUE)
  time <- ceiling(rexp(n, match(group, c("A", "B", "C")) / 60))
  add(paste0("three-arms-", i), time, rbinom(n, 1, 0.25), group, sample(c("s1", "s2"), n, TRUE))
}
add("three-arms-one-without-risk", c(1, 1, 3, 4, 5, 6), c(1, 1, 0, 0, 0, 1),
    c("A", "A", "B", "C", "B", "C"))

kept <- read.csv(path, stringsAsFactors = FALSE)
for (name in setdiff(c("group", "strata"), names(kept))) kept[[name]] <- NA
cases <- rbind(kept[!kept$case %in% names(made), ], do.call(rbind, made))
# 17 digits, so that times equal but for rounding stay so
cases$time <- formatC(cases$time, digits = 17, width = 1, format = "g")
write.csv(cases, path, row.names = FALSE, na = "", quote = FALSE)
