"""The reviewer's guides, drafted: sections as ``specs/submission/guides.csv`` has them."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from types import MappingProxyType

from cdisc_tools.metadata.resources import read_table, specs_path
from cdisc_tools.model.documents import Block, Document, Heading, Paragraph
from cdisc_tools.pipeline import guide_analysis, guide_conformance, guide_sections
from cdisc_tools.pipeline.guide_facts import GuideFacts

GUIDES = MappingProxyType({"sdtm": "csdrg", "adam": "adrg"})
_TITLES = {
    "csdrg": "Clinical Study Data Reviewer's Guide",
    "adrg": "Analysis Data Reviewer's Guide",
}
_COLUMNS = ("guide", "number", "title", "content", "by_hand")
Content = Callable[[GuideFacts], Iterable[Block]]
# what fills a section, by its name in the table
CONTENTS: Mapping[str, Content] = MappingProxyType(
    {
        function.__name__: function
        for function in (
            guide_sections.purpose_sdtm,
            guide_sections.purpose_adam,
            guide_sections.standards,
            guide_sections.protocol,
            guide_sections.trial_design,
            guide_sections.overview_sdtm,
            guide_sections.overview_adam,
            guide_sections.datasets,
            guide_sections.splits,
            guide_sections.mapping_comments,
            guide_sections.supplemental,
            guide_sections.criteria,
            guide_sections.unmapped,
            guide_analysis.sources,
            guide_analysis.dependencies,
            guide_analysis.core_variables,
            guide_analysis.treatment_variables,
            guide_analysis.populations,
            guide_analysis.cutoff,
            guide_analysis.imputation,
            guide_analysis.choices,
            guide_analysis.endpoints,
            guide_analysis.intermediate,
            guide_analysis.programs,
            guide_conformance.inputs,
            guide_conformance.issues,
            guide_conformance.raw_faults,
            guide_conformance.derivation_faults,
        )
    }
)


def guide_document(facts: GuideFacts) -> Document:
    """Draft the reviewer's guide of a part of a package.

    What can't be known here is marked for a person to complete.
    """
    guide = GUIDES[facts.part.standard]
    title = _TITLES[guide]
    blocks = tuple(_blocks(guide, facts))
    return Document(
        title,
        (
            f"Study {facts.study.study_id}: {facts.study.title}",
            f"Draft of {facts.study.timestamp.date().isoformat()}. Complete the highlighted "
            f"places, save the guide as {guide}.pdf and submit that.",
        ),
        blocks,
        running=f"{facts.study.study_id}  {title}  (draft)",
    )


def _blocks(guide: str, facts: GuideFacts) -> Iterator[Block]:
    for line in read_table(specs_path() / "submission" / "guides.csv", _COLUMNS):
        if line["guide"] != guide:
            continue
        yield Heading(line["number"], line["title"], line["number"].count(".") + 1)
        if line["content"]:
            yield from CONTENTS[line["content"]](facts)
        if line["by_hand"]:
            yield Paragraph(line["by_hand"], by_hand=True)
