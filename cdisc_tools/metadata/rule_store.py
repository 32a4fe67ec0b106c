"""Where sets of conformance rules lie: the product's own, and those that a user added."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path

from cdisc_tools.metadata.resources import specs_path
from cdisc_tools.metadata.terminology_store import data_folder
from cdisc_tools.model.errors import ConfigurationError

RULES, SOURCE = "rules.json", "source.json"
OWN = "cdisc_tools"


@dataclass(frozen=True)
class RuleSet:
    """A set of rules at hand.

    ``name`` and ``version`` are what the user gave, ``sha256`` is over the texts of its rules,
    ``file`` names what it was added from, ``rules`` says how many there are.
    """

    name: str
    version: str
    sha256: str
    file: str
    rules: int


def own_rules_folder() -> Path:
    """The folder of the rules that the product ships."""
    return specs_path() / "rules"


def rules_folder() -> Path:
    """The folder of the rule sets that a user added, one a folder; it need not exist."""
    return data_folder() / "rules"


def texts_hash(texts: Mapping[str, str]) -> str:
    """SHA-256 over the texts of rules by the names of their files."""
    found = hashlib.sha256()
    for name in sorted(texts):
        found.update(f"{name}\0{texts[name]}\0".encode())
    return found.hexdigest()


def added_sets() -> list[RuleSet]:
    """The sets that were added, by name.

    Raises ConfigurationError for one that can't be read.
    """
    folder = rules_folder()
    if not folder.is_dir():
        return []
    return [
        read_set(path)[0]
        for path in sorted(folder.iterdir())
        if path.is_dir() and not path.name.startswith(".")
    ]


def read_set(folder: Path) -> tuple[RuleSet, dict[str, str]]:
    """Read an added set: what it is, and the texts of its rules by the names of their files.

    Raises ConfigurationError when it can't be read or was altered since it was added.
    """
    try:
        source = RuleSet(**json.loads((folder / SOURCE).read_text(encoding="utf-8")))
        texts = json.loads((folder / RULES).read_text(encoding="utf-8"))
        altered = texts_hash(texts) != source.sha256
    except (OSError, ValueError, TypeError, AttributeError) as error:
        raise ConfigurationError(
            f"{folder}: can't be read ({type(error).__name__}: {error}); delete the folder and add "
            "the rules again: cdisc-tools rules add PATH"
        ) from error
    if altered:
        raise ConfigurationError(
            f"{folder / RULES} was altered after it was added; add the rules again: "
            "cdisc-tools rules add PATH --replace"
        )
    return source, texts


def set_files(rule_set: RuleSet, texts: Mapping[str, str]) -> dict[str, str]:
    """Write an added set as the files of its folder."""
    return {
        SOURCE: json.dumps(asdict(rule_set), indent=1) + "\n",
        RULES: json.dumps(dict(sorted(texts.items())), indent=0, ensure_ascii=False) + "\n",
    }
