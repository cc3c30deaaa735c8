"""Fills in a form as someone does who opens it in a program built on PDFium (Chrome, Edge, many phones), and saves it."""

import ctypes
from collections.abc import Mapping

import pypdfium2 as pdfium
import pypdfium2.raw as raw

SPACE = 32
TICKED, CHOSEN = raw.FPDF_FORMFIELD_CHECKBOX, raw.FPDF_FORMFIELD_RADIOBUTTON


def filled(data: bytes, typed: Mapping[str, str | bool]) -> bytes:
    """`data` after these fields were filled in: text to type, True to tick, or the value of the circle to choose."""
    document = pdfium.PdfDocument(data)
    document.init_forms()
    try:
        for page in document:
            _fill_page(document.formenv, page, typed)
        return _saved(document)
    finally:
        document.close()


def _fill_page(form, page, typed: Mapping[str, str | bool]) -> None:
    for number in range(raw.FPDFPage_GetAnnotCount(page)):
        widget = raw.FPDFPage_GetAnnot(page, number)
        name = _text(raw.FPDFAnnot_GetFormFieldName, form, widget)
        if name in typed:
            assert raw.FORM_SetFocusedAnnot(form, widget)
            _answer(form, page, widget, typed[name])
            raw.FORM_ForceToKillFocus(form)
        raw.FPDFPage_CloseAnnot(widget)


def _answer(form, page, widget, value: str | bool) -> None:
    kind = raw.FPDFAnnot_GetFormFieldType(form, widget)
    if kind == TICKED:
        raw.FORM_OnChar(form, page, SPACE, 0)
    elif kind == CHOSEN:
        if _text(raw.FPDFAnnot_GetFormFieldExportValue, form, widget) == value:
            raw.FORM_OnChar(form, page, SPACE, 0)
    else:
        raw.FORM_SelectAllText(form, page)
        raw.FORM_ReplaceSelection(form, page, _wide(str(value)))


def _wide(text: str):
    units = (text + "\0").encode("utf-16-le")
    return ctypes.cast(ctypes.create_string_buffer(units), ctypes.POINTER(ctypes.c_ushort))


def _text(ask, form, widget) -> str:
    length = ask(form, widget, None, 0)
    said = ctypes.create_string_buffer(length)
    ask(form, widget, ctypes.cast(said, ctypes.POINTER(ctypes.c_ushort)), length)
    return said.raw[: length - 2].decode("utf-16-le")


def _saved(document) -> bytes:
    written = bytearray()

    @ctypes.CFUNCTYPE(ctypes.c_int, ctypes.POINTER(raw.FPDF_FILEWRITE), ctypes.c_void_p, ctypes.c_ulong)
    def write(_writer, start, length) -> int:
        written.extend(ctypes.string_at(start, length))
        return 1

    writer = raw.FPDF_FILEWRITE(version=1)
    ctypes.memmove(
        ctypes.addressof(writer) + raw.FPDF_FILEWRITE.WriteBlock.offset,
        ctypes.byref(write),
        ctypes.sizeof(write),
    )
    assert raw.FPDF_SaveAsCopy(document, writer, 0)
    return bytes(written)
