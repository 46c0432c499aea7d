"""What filters use and no answer shows: pipelines with their stages, custom field definitions and their values."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from vambe_mock.contract.vocabulary import ENTITIES, FIELD_TYPES
from vambe_mock.generator.recipe import pools
from vambe_mock.generator.recipe.examples import EXAMPLE_PIPELINE, EXAMPLE_STAGES
from vambe_mock.generator.recipe.randomness import named_uuid

if TYPE_CHECKING:
    from collections.abc import Iterable

    from vambe_mock.contract.vocabulary import Entity, FieldType
    from vambe_mock.generator.recipe.knobs import Shape

_PIPELINES = (
    ("Ventas", "Del primer mensaje a la venta cerrada"),
    ("Soporte", "Consultas y reclamos de clientes"),
    ("Posventa", "Entrega, encuesta y recompra"),
    ("Cobranza", "Pagos pendientes"),
)
_STAGES = (
    ("Nuevo", "Recién llegado, nadie ha respondido"),
    ("Contactado", "Primera respuesta enviada"),
    ("Calificado", "Cumple los requisitos"),
    ("Propuesta", "Propuesta enviada, sin respuesta todavía"),
    ("Negociación", "Se conversan las condiciones"),
    ("Cerrado", "Terminado, ganado o perdido"),
)


@dataclass(frozen=True)
class Field:
    """A custom field definition and the values to draw from: one list, or one for each of `pools.LOCALES`."""

    key: str
    name: str
    type: FieldType
    entities: tuple[Entity, ...]
    values: tuple[tuple[Any, ...], ...]
    options: tuple[str, ...] | None = None

    def as_json(self) -> dict[str, Any]:
        """The definition as the data set document has it."""
        options = None if self.options is None else list(self.options)
        return {
            "key": self.key,
            "name": self.name,
            "type": self.type,
            "options": options,
            "entities": list(self.entities),
        }


def pipelines(seed: int, shape: Shape) -> list[dict[str, Any]]:
    """The pipelines of a data set; the first has the ids of the vendor's examples."""
    return [_pipeline(seed, number, shape.stages) for number in range(shape.pipelines)]


def _pipeline(seed: int, number: int, stages: int) -> dict[str, Any]:
    name, description = _name_and_description(_PIPELINES, number, "Pipeline")
    return {
        "id": named_uuid(seed, f"pipeline {number}") if number else EXAMPLE_PIPELINE,
        "name": name,
        "description": description,
        "stages": [_stage(seed, number, stage) for stage in range(stages)],
    }


def _stage(seed: int, pipeline: int, number: int) -> dict[str, Any]:
    name, description = _name_and_description(_STAGES, number, "Etapa")
    example = pipeline == 0 and number < len(EXAMPLE_STAGES)
    identifier = EXAMPLE_STAGES[number] if example else named_uuid(seed, f"pipeline {pipeline} stage {number}")
    return {"id": identifier, "name": name, "description": description}


def named(grouped: Iterable[tuple[str, Iterable[str]]]) -> list[dict[str, Any]]:
    """Pipelines with names of ours, from the ids of each and of its stages."""
    return [
        _named(_PIPELINES, number, "Pipeline", pipeline)
        | {"stages": [_named(_STAGES, nth, "Etapa", stage) for nth, stage in enumerate(stages)]}
        for number, (pipeline, stages) in enumerate(grouped)
    ]


def _named(known: tuple[tuple[str, str], ...], number: int, word: str, identifier: str) -> dict[str, Any]:
    name, description = _name_and_description(known, number, word)
    return {"id": identifier, "name": name, "description": description}


def _name_and_description(known: tuple[tuple[str, str], ...], number: int, word: str) -> tuple[str, str]:
    return known[number] if number < len(known) else (f"{word} {number + 1}", f"{word} {number + 1}")


def custom_fields(anchor: int, shape: Shape) -> list[Field]:
    """The custom field definitions of a data set. `anchor` is in milliseconds since 1970 UTC."""
    # Not fromtimestamp: Windows refuses what is before 1970.
    fields = [*_default_fields(date(1970, 1, 1) + timedelta(milliseconds=anchor))]
    fields += [_additional_field(number) for number in range(len(fields), shape.custom_fields)]
    return fields[: shape.custom_fields]


def _default_fields(today: date) -> tuple[Field, ...]:
    statuses = ("Active", "Inactive", "Prospect", "Churned")
    priorities = ("Baja", "Media", "Alta", "Urgente")
    both = ENTITIES
    return (
        # `status` with the value `Active` is the example in the vendor's document.
        Field("status", "Estado", "options", both, (statuses[:1] * 3 + statuses,), statuses),
        Field("region", "Región", "text", ("customer",), _from_pools("region")),
        Field("amount", "Monto", "number", ("ticket",), (tuple(range(9990, 2_000_000, 9950)),)),
        Field("newsletter", "Acepta novedades", "boolean", ("customer",), ((True, False),)),
        Field("birthday", "Fecha de nacimiento", "date", ("customer",), (_days(date(1950, 1, 1), 4000, 5),)),
        Field("priority", "Prioridad", "options", ("ticket",), (priorities,), priorities),
        Field("occupation", "Ocupación", "text", ("customer",), _from_pools("occupation")),
        # One key with two types: a number on the customer, a text on the ticket.
        Field(
            "score",
            "Puntaje",
            "number",
            ("customer",),
            (tuple(tenth / 10 if tenth % 10 else tenth // 10 for tenth in range(10, 51)),),
        ),
        Field("score", "Evaluación", "text", ("ticket",), (("A+", "A", "B", "C", "sin evaluar"),)),
        Field("due_date", "Vencimiento", "date", ("ticket",), (_days(today - timedelta(45), 90),)),
        Field("escalated", "Escalado", "boolean", ("ticket",), ((False, False, False, True),)),
        Field(
            "source",
            "Origen",
            "text",
            both,
            (("Anuncio", "Referido", "Sitio web", "Feria", "Llamada, tienda"),),
        ),
        Field("visits", "Visitas", "number", ("customer",), (tuple(range(40)),)),
    )


def _from_pools(kind: str) -> tuple[tuple[str, ...], ...]:
    return tuple(tuple(pools.load()[locale][kind]) for locale in pools.LOCALES)


@lru_cache(maxsize=8)
def _days(first: date, count: int, step: int = 1) -> tuple[str, ...]:
    return tuple((first + timedelta(days)).isoformat() for days in range(0, count * step, step))


def _additional_field(number: int) -> Field:
    kind = FIELD_TYPES[number % len(FIELD_TYPES)]
    letters = ("A", "B", "C", "D")
    values: dict[str, tuple[Any, ...]] = {
        "text": tuple(f"valor {value}" for value in range(50)),
        "number": tuple(range(1000)),
        "date": _days(date(2020, 1, 1), 2000),
        "boolean": (True, False),
        "options": letters,
    }
    entities = (ENTITIES[number // len(FIELD_TYPES) % 2],)
    options = letters if kind == "options" else None
    return Field(f"field_{number + 1}", f"Campo {number + 1}", kind, entities, (values[kind],), options)
