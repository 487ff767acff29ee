"""Rows of another table as one column: what an act asks next, known with the question it begins with."""

from __future__ import annotations

from typing import Any

from sqlalchemy import JSON
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement


class json_rows(FunctionElement[Any]):  # noqa: N801 - a function of the database
    """All rows that a query finds, each as the list of these columns; nothing where there is none."""

    type = JSON()
    inherit_cache = True


@compiles(json_rows, "sqlite")
def _in_sqlite(element: json_rows, compiler: SQLCompiler, **how: Any) -> str:
    return f"json_group_array(json_array({compiler.process(element.clauses, **how)}))"


@compiles(json_rows, "postgresql")
def _in_postgresql(element: json_rows, compiler: SQLCompiler, **how: Any) -> str:
    return f"json_agg(json_build_array({compiler.process(element.clauses, **how)}))"
