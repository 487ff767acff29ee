"""Reading BPMN and DMN safely: XML from outside is data, never instructions to the reader."""

from __future__ import annotations

from typing import Final

from lxml import etree

from workflows.engine.refusals import DiagramRefused

BPMN: Final = "http://www.omg.org/spec/BPMN/20100524/MODEL"
SPIFF: Final = "http://spiffworkflow.org/bpmn/schema/1.0/core"
LARGEST: Final = 2_000_000
_ENCODINGS: Final = ("UTF-8", "UTF-16", "UTF-16LE", "UTF-16BE", "US-ASCII", "ASCII", "ISO-8859-1", "WINDOWS-1252")
_DTD: Final = "The file brings a document type (DTD), which is never needed here."


def read_document(xml: bytes) -> etree._Element:
    """Read one XML document and give its root element, without comments and processing instructions.

    Raises DiagramRefused when it is not well formed, larger than 2 MB, or brings a DTD (the door
    for entity tricks). Nothing is fetched from files or the network. A file that somebody brought
    goes through `workflows.check.asking` first.
    """
    if len(xml) > LARGEST:
        raise DiagramRefused(f"The file is larger than {LARGEST // 1_000_000} MB; no diagram or table is.")
    # A comment inside a text would hide the rest of the text.
    parser = etree.XMLParser(
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        dtd_validation=False,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
    )
    try:
        root = etree.fromstring(xml, parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        raise DiagramRefused(_DTD if _holds_doctype(xml) else _unreadable(error)) from error
    about = root.getroottree().docinfo
    if about.internalDTD is not None:
        raise DiagramRefused(_DTD)
    if (about.encoding or "UTF-8").upper() not in _ENCODINGS:
        raise DiagramRefused(f"The file is written in {about.encoding}; save it as UTF-8.")
    return root


def _unreadable(error: Exception) -> str:
    """Say why a file cannot be read, without what the parser would advise to programmers."""
    if "XML_PARSE_HUGE" in str(error):
        return "The file is nested too deeply, or one text in it is too long: no diagram or table is drawn so."
    if "unknown error" in str(error):  # what lxml says when it is given no more memory
        return "Reading the file needs too much memory; no diagram or table is as large."
    return f"The file is not well-formed XML: {str(error).partition(' (<string>')[0]}"


def _holds_doctype(xml: bytes) -> bool:
    return any("<!DOCTYPE".encode(encoding) in xml for encoding in ("utf-8", "utf-16-le", "utf-16-be"))


def bpmn(name: str) -> str:
    """The full name of a BPMN element, as lxml writes it."""
    return f"{{{BPMN}}}{name}"


def spiff(name: str) -> str:
    """The full name of an extension element, as lxml writes it."""
    return f"{{{SPIFF}}}{name}"


def local_name(element: etree._Element) -> str:
    """The name of an element without its namespace; empty for comments and instructions."""
    tag: object = element.tag  # a function, for comments and processing instructions
    return etree.QName(tag).localname if isinstance(tag, str) else ""


def namespace_of(element: etree._Element) -> str:
    """The namespace an element belongs to; empty for comments and instructions."""
    tag: object = element.tag
    return (etree.QName(tag).namespace or "") if isinstance(tag, str) else ""


def extension(element: etree._Element, name: str) -> etree._Element | None:
    """The extension element of this name that belongs to the shape itself, if it has one."""
    return element.find(f"{bpmn('extensionElements')}/{spiff(name)}")


def text_of(element: etree._Element | None) -> str:
    """The text inside an element, trimmed; empty when there is none."""
    return (element.text or "").strip() if element is not None else ""


def nearest_id(element: etree._Element) -> str:
    """The id of an element, or of the nearest one around it that has one; empty if none has."""
    found: etree._Element | None = element
    while found is not None and found.get("id") is None:
        found = found.getparent()
    return "" if found is None else found.get("id", "")
