"""A small define.xml as the tables of a specification, and datasets of the same study."""

from cdisc_tools.model.specification import Specification, SpecRecord
from tests.tables import table


def specification(**tables: str) -> Specification:
    """Make a specification of tables: a header line and a record a line, ``.`` for no value."""
    return Specification({
        name: tuple(SpecRecord(record.dropna().to_dict()) for _, record in table(text).iterrows())
        for name, text in tables.items()
    })  # fmt: skip


DEFINE = specification(
    datasets="""
        dataset  label            class         structure    key_variables     has_no_data  Domain
        AE       Adverse events   EVENTS        One per AE   USUBJID,AETERM    .            .
        LB       Laboratory       FINDINGS      One per LB   USUBJID,LBTESTCD  .            .
        QSPH     Questionnaire    FINDINGS      One per QS   USUBJID           .            QS
        SUPPAE   Supplement       RELATIONSHIP  One per Q    USUBJID,QNAM      .            .
        CE       Clinical events  EVENTS        One per CE   USUBJID           Yes          .
    """,
    variables="""
        dataset  variable  order  label    data_type  length  codelist  origin     mandatory  role
        AE       DOMAIN    .      Domain   text       2       DOMAIN    Assigned   Yes        .
        AE       AETERM    3      Term     text       20      .         Collected  Yes        Topic
        AE       AESER     2      Serious  text       1       NY        CRF        No         .
        LB       LBTESTCD  1      Test     text       8       .         .          Yes        Topic
        LB       LBORRES   2      Result   text       10      .         Collected  No         .
        QSPH     QSTESTCD  1      Test     text       8       .         .          Yes        Topic
    """,
    codelists="""
        id      name    nci_codelist_code  term  nci_term_code  decoded_value   Extended Value
        DOMAIN  Domain  C66734             AE    C49562         Adverse Events  .
        NY      Yes-No  C66742             Y     C49488         Yes             .
        NY      Yes-No  C66742             N     C49487         .               .
        NY      Yes-No  C66742             MAYB  .              Maybe           Yes
        OWN     Ours    .                  A     .              .               Yes
        OWN     Ours    .                  B     .              .               Yes
    """,
    value_level="""
        dataset  variable  where_clause  order  description  data_type  length  mandatory
        LB       LBORRES   ALB           1      Albumin      float      4       Yes
        LB       LBORRES   OTHERS        2      Others       text       3       No
        LB       LBORRES   LATE          .      Late         integer    2       No
        LB       LBORRES   ELSEWHERE     4      Elsewhere    text       3       No
        LB       LBSTRESC  ALB           1      Albumin      text       3       No
    """,
    where_clauses="""
        id         dataset  variable  comparator  value
        ALB        LB       LBTESTCD  EQ          ALB
        OTHERS     LB       LBTESTCD  NOTIN       ALB, BUN
        LATE       LB       LBTESTCD  IN          ALB, BUN
        LATE       LB       VISITNUM  GT          1
        ELSEWHERE  DM       SEX       EQ          F
    """,
)
