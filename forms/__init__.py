"""What is asked: forms as data, read into answers or errors. Knows no database, no web and no engine."""

from forms.carrying import Carried
from forms.catalogue import Catalogue
from forms.circumstances import Lookups, Raw
from forms.definition import Choice, DefinitionError, Question, Rule, Section
from forms.files import file_fault
from forms.form import Form
from forms.joining import BEGUN_WITH, Joined
from forms.picks import FILES
from forms.reading import Reading
from forms.showing import ShownRow, ShownSection

__all__ = [
    "BEGUN_WITH",
    "FILES",
    "Carried",
    "Catalogue",
    "Choice",
    "DefinitionError",
    "Form",
    "Joined",
    "Lookups",
    "Question",
    "Raw",
    "Reading",
    "Rule",
    "Section",
    "ShownRow",
    "ShownSection",
    "file_fault",
]
