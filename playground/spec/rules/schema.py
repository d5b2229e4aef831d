"""Rules about JSON schemas that the API compiles: output formats and strict tools."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from playground.spec import lowering, schemas
from playground.spec.rules.problem import Fix, Problem
from playground.spec.rules.rule import Request, as_dict, each_dict, rule

_TAIL = ". Self-referencing or mutually-referencing definitions are not supported."


@dataclass(frozen=True, slots=True)
class Compiled:
    """A schema that is compiled: where it is and how errors about it begin."""

    path: str
    said: str
    schema: Any

    @property
    def lower(self) -> Fix:
        label = "Bring the schema into the supported subset"
        return Fix("lower_schema", label, {"param": self.path})


def _compiled(request: Request) -> Iterator[Compiled]:
    for i, tool in each_dict(request.params.get("tools")):
        if tool.get("strict") is True and isinstance(tool.get("input_schema"), dict):
            path = f"tools.{i}.input_schema"
            yield Compiled(path, f"tools.{i}.custom: ", tool["input_schema"])
    form = as_dict(request.output_config.get("format"))
    if form.get("type") == "json_schema" and isinstance(form.get("schema"), dict):
        path = "output_config.format.schema"
        yield Compiled(path, f"{path}: ", form["schema"])


@rule("recorded Jan 2026 for the older output_format", "2026-11")
def format_schema(request: Request) -> Iterator[Problem]:
    """An output format brings a schema, and the schema is an object."""
    form, path = request.output_config.get("format"), "output_config.format"
    if not isinstance(form, dict) or form.get("type") != "json_schema":
        return
    fix = Fix("remove_param", "Remove the format", {"param": path})
    if "schema" not in form:
        text = f"{path}.schema: Field required"
        words = "An output format needs a schema."
        yield Problem(f"{path}.schema", "error", text, words, (fix,))
    elif not isinstance(form["schema"], dict):
        text = f"{path}.schema: Input does not match the expected shape."
        words = "A schema is an object."
        yield Problem(f"{path}.schema", "error", text, words, (fix,))


@rule("Models API: capabilities.structured_outputs; wording assumed", "2026-11")
def format_unsupported(request: Request) -> Iterator[Problem]:
    """Output formats and strict tools need a model that has structured outputs."""
    if not request.model.structured_outputs:
        for each in _compiled(request):
            key = "strict" if each.path.startswith("tools") else "format"
            path = (
                f"{each.path.rpartition('.')[0]}.{key}"
                if key == "strict"
                else ("output_config.format")
            )
            words = f"{request.model.name} has no structured outputs."
            fix = Fix("remove_param", f"Remove {key}")
            text = f"{path}: not supported for this model"
            yield request.refuse("structured_outputs", path, text, words, fix)


@rule("measured on Opus 5.5, Sep 2026; recorded Aug 2026; docs Aug 2026", "2026-11")
def schema_subset(request: Request) -> Iterator[Problem]:
    """A compiled schema keeps to the supported subset of JSON Schema."""
    for each in _compiled(request):
        for found in schemas.outside(each.schema):
            text = found.api_message
            if text.startswith("Circular") and each.path.startswith("tools"):
                text = f"Invalid schema: {text}{_TAIL}"
            severity: Any = "error" if found.sure else "warning"
            words = found.explanation
            if not found.sure:
                words += " Whether the API refuses it is not certain."
            path = _path(each.path, found.path)
            text = f"{each.said}{text}"
            yield Problem(path, severity, text, words, (each.lower,))


def _path(start: str, way: tuple[str | int, ...]) -> str:
    """The path to a place in a schema, cut short before a name that has dots."""
    path = start
    for part in map(str, way):
        if not part or "." in part:
            break
        path = f"{path}.{part}"
    return path


@rule("recorded on Sonnet 4.6, Aug 2026", "2026-08")
def schema_too_large(request: Request) -> Iterator[Problem]:
    """All compiled schemas together have few optional and few alternative parameters.

    What reaches a limit without passing it was refused as too complex when recorded.
    """
    found = [(each, *schemas.counts(each.schema)) for each in _compiled(request)]
    optional = sum(n for _, n, _ in found)
    unions = sum(n for _, _, n in found)
    if optional > schemas.MAX_OPTIONAL:
        text = f"Schemas contains too many optional parameters ({optional}), which "
        text += "would make grammar compilation inefficient. Reduce the number of "
        text += "optional parameters in your tool schemas (limit: 24)."
        words = f"{optional} parameters are optional; 24 are allowed in all schemas."
    elif unions > schemas.MAX_UNIONS:
        text = f"Schemas contains too many parameters with union types ({unions} "
        text += "parameters with type arrays or anyOf). This causes exponential "
        text += "compilation cost. Reduce the number of nullable or union-typed "
        text += "parameters (limit: 16 parameters with unions)."
        words = f"{unions} parameters have alternatives; 16 are allowed."
    elif optional == schemas.MAX_OPTIONAL or unions == schemas.MAX_UNIONS:
        text = "Schema is too complex for compilation. Try reducing the number of "
        text += "tools or simplifying tool schemas."
        words = "So many optional or alternative parameters were too complex when "
        words += "recorded, although the documented limit is not passed."
    else:
        return
    largest = max(found, key=lambda item: item[1] + item[2])[0]
    fixes = (_lower_all(),)
    yield Problem(largest.path, "error", text, words, fixes)


def _lower_all() -> Fix:
    return Fix("lower_schemas", "Require every parameter and drop alternatives")


@rule("structured-outputs page, Aug 2026; wording assumed", "2026-08")
def format_with_citations(request: Request) -> Iterator[Problem]:
    """Citations and an output format exclude each other."""
    if request.output_config.get("format") is None:
        return
    for n, each in request.notable:
        if each.enabled_citations:
            text = "output_config.format: citations are not supported with an output "
            text += "format."
            words = "Citations cannot be woven into JSON: drop one of the two."
            fixes = (
                Fix(
                    "remove_param",
                    "Remove the format",
                    {"param": "output_config.format"},
                ),
                Fix("disable_citations", "Switch citations off"),
            )
            yield Problem(f"messages.{n}", "error", text, words, fixes)
            return


@rule("define-tools page, Aug 2026; wording assumed", "2026-08")
def input_examples(request: Request) -> Iterator[Problem]:
    """Examples of a tool's input fit its schema."""
    for i, tool in each_dict(request.params.get("tools")):
        given = tool.get("input_examples")
        for j, example in enumerate(given if isinstance(given, list) else ()):
            if not lowering.fits(example, tool.get("input_schema")):
                path = f"tools.{i}.input_examples.{j}"
                text = f"tools.{i}.custom.input_examples.{j}: does not match the "
                text += "tool's input_schema"
                words = "This example does not fit the tool's schema."
                fix = Fix("remove_param", "Remove this example")
                yield Problem(path, "error", text, words, (fix,))
