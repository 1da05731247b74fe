"""What only people can say: answers that a council gives about itself."""

import datetime
from collections.abc import Mapping
from pathlib import Path

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator

from linkage.errors import SettingsError
from linkage.products.maturity_rules import Question, load_rules

DECLARED_FILE = Path(__file__).parent / "declared.yaml"


class Answer(BaseModel):
    """One self-declared answer, with the post that gave it and when."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    question: str
    answer: str
    answered_by: str = Field(min_length=1, description="A post, not a person's name.")
    answered_on: datetime.date
    note: str = ""


class Declared(BaseModel):
    """All answers of one council. A question without an answer counts as level 1."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    council: str
    answers: tuple[Answer, ...] = ()

    @field_validator("answers")
    @classmethod
    def _answers_are_known(cls, answers: tuple[Answer, ...]) -> tuple[Answer, ...]:
        _check(answers, load_rules().questions)
        return answers

    def answer_to(self, question: str) -> Answer | None:
        """The answer to a question, or None."""
        return next((answer for answer in self.answers if answer.question == question), None)


def _check(answers: tuple[Answer, ...], questions: Mapping[str, Question]) -> None:
    names = [answer.question for answer in answers]
    if len(set(names)) != len(names):
        raise ValueError("a question is answered twice")
    for answer in answers:
        if answer.question not in questions:
            raise ValueError(f"expected a question among {', '.join(questions)}")
        choices = questions[answer.question].answers
        if answer.answer not in choices:
            raise ValueError(f"expected an answer to {answer.question} among {', '.join(choices)}")


def read_declared(path: Path = DECLARED_FILE) -> Declared:
    """A council's self-declared answers.

    Args:
        path: YAML file in the shape of the shipped `declared.yaml`.

    Raises:
        SettingsError: The file is absent, is not YAML, or has an unknown question or answer. The message
            names the file and what was expected.
    """
    try:
        document = yaml.safe_load(path.read_text(encoding="utf-8"))
        return Declared.model_validate(document)
    except OSError as error:
        raise SettingsError(f"Declared answers {path.name} cannot be read: {error.strerror}.") from None
    except (yaml.YAMLError, UnicodeDecodeError):
        raise SettingsError(f"Declared answers {path.name} are not YAML in UTF-8.") from None
    except ValidationError as error:
        first = error.errors(include_input=False, include_url=False)[0]
        where = ".".join(str(step) for step in first["loc"]) or "the document"
        raise SettingsError(
            f"Declared answers {path.name} are not understood at {where}: {first['msg']}. "
            "See docs/reference/maturity.md."
        ) from None
