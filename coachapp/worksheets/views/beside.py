"""The completed sheet as a file, with what was written beside its answers, where she asks for it."""

from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from coachapp.documents import Mode
from coachapp.web.files import pdf_answer
from coachapp.web.guards import client_only
from coachapp.worksheets import queries
from coachapp.worksheets.margin_queries import beside
from coachapp.worksheets.pdf import sheet_pdf
from coachapp.worksheets.views.client import bp
from coachapp.worksheets.views.files import PAPERS
from coachapp.worksheets.views.hers import own_sheet


@bp.get("/<int:number>/<any(a4,letter):paper>/<any(read,keep):way>/both.pdf")
@client_only
def file_with_margin(number: int, paper: str, way: str) -> ResponseReturnValue:
    """Her answers, and below each what stands beside it."""
    sheet = own_sheet(number)
    body = sheet_pdf(
        sheet.template,
        queries.answers_of(sheet),
        mode=Mode.COMPLETED,
        paper=PAPERS[paper],
        beside={
            field: [(_("%(name)s wrote", name=row.name), row.words) for row in rows]
            for field, rows in beside(sheet).items()
        },
    )
    return pdf_answer(body, f"notes-{number}.pdf", keep=way == "keep")
