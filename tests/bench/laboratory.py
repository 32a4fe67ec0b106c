"""Laboratory records of any number, made the same way every time."""

import numpy as np
import pandas as pd

TESTS = (
    ("WBC", "Leukocytes", "10^9/L"),
    ("HGB", "Hemoglobin", "g/dL"),
    ("PLAT", "Platelets", "10^9/L"),
    ("CREAT", "Creatinine", "mg/dL"),
    ("ALT", "Alanine Aminotransferase", "U/L"),
)


def laboratory_records(count: int, bad: float) -> pd.DataFrame:
    """LB with 24 variables; a share ``bad`` of the records has a wrong date and a wrong flag."""
    number = np.arange(count)
    subject = pd.Series(number // 500).map("STUDY1-{:05d}".format).astype("string")
    test = pd.DataFrame([TESTS[place] for place in range(len(TESTS))]).iloc[number % len(TESTS)]
    result = pd.Series(np.round(1 + (number * 37 % 1999) / 100, 2))
    day = pd.Series(np.datetime64("2020-01-01") + (number // 25 % 700).astype("timedelta64[D]"))
    text = result.astype("string")
    lb = pd.DataFrame(
        {
            "STUDYID": "STUDY1", "DOMAIN": "LB", "USUBJID": subject,
            "LBSEQ": number % 500 + 1,
            "LBREFID": pd.Series(number).astype("string"),
            "LBTESTCD": test[0].to_numpy(), "LBTEST": test[1].to_numpy(), "LBCAT": "CHEMISTRY",
            "LBORRES": text, "LBORRESU": test[2].to_numpy(), "LBORNRLO": "1", "LBORNRHI": "20",
            "LBSTRESC": text, "LBSTRESN": result, "LBSTRESU": test[2].to_numpy(),
            "LBSTNRLO": 1.0, "LBSTNRHI": 20.0, "LBNRIND": "NORMAL", "LBSPEC": "BLOOD",
            "LBLOBXFL": pd.NA, "VISITNUM": number // 5 % 100 + 1.0, "EPOCH": "TREATMENT",
            "LBDTC": day.dt.strftime("%Y-%m-%d"), "LBDY": number // 25 % 700 + 1,
        }
    )  # fmt: skip
    if bad:
        wrong = lb.index[:: round(1 / bad)]
        lb.loc[wrong, "LBDTC"] = "2020-02-60"
        lb.loc[wrong, "LBLOBXFL"] = "X"
    text_columns = lb.columns[lb.dtypes.map(lambda kind: not pd.api.types.is_numeric_dtype(kind))]
    return lb.astype(dict.fromkeys(text_columns, "string"))
