"""The plain document kit, for letters, receipts and lists: headings, paragraphs, simple tables."""

from coachapp.documents.blocks import Gap
from coachapp.documents.kit import Kit
from coachapp.documents.structure import Node


class PlainDocument(Kit):
    """A document to read; see `Kit` for its title, paragraphs, tables of text, notes and steps."""

    def heading(self, text: str, level: int = 2) -> None:
        """A heading of level 2 or 3; it stays with what follows."""
        look = self.look
        self.flush()
        if level == 2:
            self.section = Node("Sect", self.root)
        style = look.heading if level == 2 else look.subheading
        self.start_section([self.text(text, style, f"H{level}"), Gap(1.2 * look.scale)])
