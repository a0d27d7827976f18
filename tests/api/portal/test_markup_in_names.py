"""Whatever anything is called, it is text on every page that shows it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.api.portal.desk_service import DeskService
from tests.api.portal.named_desk import ADA, named_desk, paths_with_names

NAME = "\"'><script>alert(1)</script>{{7*7}}"
RAW = ("<script>alert", "'><script", "49<", "49&")


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[DeskService]:
    """A desk at which everything has the same name."""
    with named_desk(tmp_path_factory.mktemp("desk"), NAME) as desk:
        yield desk


def test_no_page_has_a_name_as_markup(desk: DeskService) -> None:
    """Nor evaluates it as a template."""
    browser, shown = desk.browser(ADA), 0
    for path in paths_with_names(desk, NAME):
        page = browser.get(f"/outreach{path}")
        assert page.status_code == 200, path
        assert [each for each in RAW if each in page.text] == [], path
        shown += "&lt;script&gt;alert(1)" in page.text
    assert shown > 20
