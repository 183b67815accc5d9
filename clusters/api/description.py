"""The API in the words of OpenAPI 3.0, made from the shapes of its records and from the filters of the list."""

import functools
from typing import Any

from django.conf import settings
from django.urls import URLPattern, include, path
from django.utils.translation import gettext
from drf_spectacular.extensions import OpenApiSerializerExtension
from drf_spectacular.generators import SchemaGenerator
from drf_spectacular.openapi import AutoSchema
from drf_spectacular.plumbing import ResolvedComponent
from drf_spectacular.utils import OpenApiParameter, extend_schema, extend_schema_view
from rest_framework.serializers import BaseSerializer

from clusters.exports.about import RULES, credit, licence
from clusters.exports.shapes import Field, Shape
from clusters.filters import ClusterFilter, Several

VERSION = "1"


class RecordSerializer(BaseSerializer):
    """A row as the record that the exports have of it."""

    shape: Shape

    def to_representation(self, row: Any) -> dict[str, Any]:
        return self.shape.of(row)


@functools.cache
def serializer(shape: Shape) -> type[RecordSerializer]:
    return type(f"{shape.name}Serializer", (RecordSerializer,), {"shape": shape})


class RecordExtension(OpenApiSerializerExtension):
    """Describes a record by its shape."""

    target_class = RecordSerializer
    match_subclasses = True

    def get_name(self, auto_schema: AutoSchema, direction: str) -> str:
        return self.target.shape.name

    def map_serializer(self, auto_schema: AutoSchema, direction: str) -> dict[str, Any]:
        return _described(self.target.shape, auto_schema)


def _described(shape: Shape, auto_schema: AutoSchema) -> dict[str, Any]:
    return {
        "type": "object",
        "description": str(shape.about),
        # Every name is there in every record; what is not known is null.
        "required": [field.name for field in shape.fields],
        "properties": {field.name: _property(field, auto_schema) for field in shape.fields},
    }


def _property(field: Field, auto_schema: AutoSchema) -> dict[str, Any]:
    about = {"description": str(field.about)}
    if field.shape:
        component = ResolvedComponent(field.shape.name, ResolvedComponent.SCHEMA, object=field.shape.name)
        if component not in auto_schema.registry:
            auto_schema.registry.register(component)
            component.schema = _described(field.shape, auto_schema)
        one: dict[str, Any] = component.ref
    else:
        one = {
            "text": {"type": "string"},
            "integer": {"type": "integer"},
            "number": {"type": "number"},
            "boolean": {"type": "boolean"},
            "date": {"type": "string", "format": "date"},
            "address": {"type": "string", "format": "uri"},
        }[field.kind]
        if field.choices:
            one = {**one, "enum": list(field.choices.values)}
    if field.many:
        return {"type": "array", "items": one, **about}
    if field.always:
        return {"allOf": [one], **about} if field.shape else {**one, **about}
    if field.shape:
        return {"allOf": [one], "nullable": True, **about}
    if field.choices:
        one = {**one, "enum": [*one["enum"], None]}  # OpenAPI 3.0: an enum names the null that it allows
    return {**one, "nullable": True, **about}


FILTERS = [
    OpenApiParameter(name, str, description=one.label, many=isinstance(one, Several))
    for name, one in ClusterFilter.base_filters.items()
]
AS_OF = next(one for one in FILTERS if one.name == "as_of")


def told(operation: str, summary: Any, **more: Any) -> Any:
    """How the description names an address and what it takes."""
    return extend_schema_view(get=extend_schema(operation_id=operation, summary=summary, description="", **more))


def description(patterns: list[URLPattern]) -> dict[str, Any]:
    """The API in the words of OpenAPI 3.0, with the site's own address and licence."""
    made = SchemaGenerator(patterns=[path("api/", include((patterns, "api")))]).get_schema(public=True)
    made["info"] = {
        "title": gettext("Registre des clusters de %(site)s") % {"site": settings.SITE_NAME},
        "version": VERSION,
        "description": "\n\n".join([*(str(rule) for rule in RULES[:-1]), credit()]),
        "license": licence(),
    }
    made["servers"] = [{"url": settings.SITE_URL}]
    return made
