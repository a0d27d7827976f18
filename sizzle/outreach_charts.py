"""The charts of a report, as SVG, each with the table of what it shows.

Texts are in the colour of the page around them, so that they can be read on light and on dark.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from sizzle.charts import COLOURS, Axes, svg, text
from sizzle.outreach.results.lift import ALL_MINUTES, MINUTES, PLAYS, LiftDay, LiftRow
from sizzle.outreach.results.report import OutreachReport
from sizzle.outreach.results.table import day_text

_WIDTH: Final = 720
_LEFT: Final = 200
_RIGHT: Final = 90
_HEAD: Final = 44
_BAR: Final = 26
_PLOT: Final = 220
_LINE: Final = 14  # pixels that a label takes
_GREY: Final = "#888888"  # shows on light and on dark
_MOST_BARS: Final = 12
_NAME: Final = 28  # characters of a name that there is room for
_LABELS: Final = 8  # of days

_TITLES: Final = {
    PLAYS: "Members who played what is promoted, beside those held out: points",
    MINUTES: "Minutes a member watched of what is promoted, beside those held out",
    ALL_MINUTES: "Minutes a member watched of all titles, beside those held out",
}


@dataclass(frozen=True, slots=True)
class ReportChart:
    """A chart, and what it shows as a table.

    Attributes:
        name: such as `funnel`, for addresses and ids.
        title: for people.
        picture: SVG, to be put into a page as it is.
        columns: of the table.
        rows: of it; as many cells each as there are columns.
    """

    name: str
    title: str
    picture: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


def report_charts(report: OutreachReport) -> list[ReportChart]:
    """The charts that a report has figures for."""
    charts = [_funnel(report)]
    if report.skipped:
        charts.append(_skipped(report))
    for measure in (PLAYS, MINUTES, ALL_MINUTES):
        days = [each for each in report.lift_days if each.measure == measure]
        if days:
            charts.append(_days(measure, days))
        rows = [each for each in report.lift if each.measure == measure and each.sequence]
        if len(rows) > 1:
            charts.append(_treatments(measure, rows))
    return charts


def report_picture(report: OutreachReport) -> str:
    """All charts in one drawing, one below the other."""
    charts = report_charts(report)
    shapes, top = [], 0
    for chart in charts:
        height = int(chart.picture.split('viewBox="0 0 ')[1].split('"')[0].split()[1])
        inner = chart.picture.replace("<svg ", f'<svg y="{top}" height="{height}" ', 1)
        shapes.append(inner.rstrip())
        top += height
    return svg(_WIDTH, top, shapes, background="white", label=f"What {report.id} brought")


def _funnel(report: OutreachReport) -> ReportChart:
    total = report.total
    steps = (
        ("Assigned to get it", report.targeted - report.held_out - report.held_out_of_all),
        ("Messages planned", total.sends),
        ("Sent", total.sent),
        ("Delivered", total.delivered),
        ("Clicked by people", total.clicked_by_people),
        ("Reel played", total.reel_played),
        ("Title started", total.title_started),
    )
    return _bars("funnel", "From assigned to started", ("Step", "Number"), steps)


def _skipped(report: OutreachReport) -> ReportChart:
    rows = [(f"{each.state}: {each.reason}", each.sends) for each in report.skipped]
    return _bars("skipped", "Not sent, by reason", ("Reason", "Messages"), rows)


def _bars(
    name: str, title: str, columns: tuple[str, str], rows: Sequence[tuple[str, int]]
) -> ReportChart:
    shown = rows[:_MOST_BARS]
    most = max([each for _, each in shown] or [0]) or 1
    axes = Axes(_LEFT, _HEAD, _WIDTH - _LEFT - _RIGHT, _BAR * len(shown), x=(0.0, float(most)))
    shapes = [text(0, 20, title, size=15)]
    for number, (label, value) in enumerate(shown):
        y = _HEAD + _BAR * number
        bar = Axes(axes.left, y, axes.width, _BAR - 8, x=axes.x)
        shapes += [
            text(_LEFT - 8, y + 14, _short(label), anchor="end", title=label),
            bar.box((0.0, float(value)), (0.0, 1.0), COLOURS[0], f"{label}: {value}"),
            text(bar.pixel_x(value) + 6, y + 14, f"{value:,}"),
        ]
    height = _HEAD + _BAR * len(shown) + 12
    table = tuple((label, str(value)) for label, value in rows)
    return ReportChart(name, title, svg(_WIDTH, height, shapes, label=title), columns, table)


def _days(measure: str, days: Sequence[LiftDay]) -> ReportChart:
    form = _form(measure)
    low = min(0.0, *(each.low for each in days))
    high = max(0.0, *(each.high for each in days))
    first, last = days[0].day, days[-1].day
    axes = Axes(
        _LEFT / 2, _HEAD, _WIDTH - _LEFT / 2 - 30, _PLOT, x=(first, last), y=_padded(low, high)
    )
    title = _TITLES[measure]
    shapes = [
        text(0, 20, title, size=15),
        axes.band([(each.day, each.low, each.high) for each in days]),
        *_levels(axes, (low, high), form),
        axes.line([(each.day, each.difference) for each in days]),
        *(_day_dot(axes, each, form) for each in days),
        *_day_labels(axes, first, last),
    ]
    picture = svg(_WIDTH, _HEAD + _PLOT + 32, shapes, label=title)
    table = tuple(
        (day_text(each.day), form(each.difference), form(each.low), form(each.high))
        for each in days
    )
    columns = ("Day", "Difference", "At least", "At most")
    return ReportChart(f"{measure}-days", f"{title}, day by day", picture, columns, table)


def _treatments(measure: str, rows: Sequence[LiftRow]) -> ReportChart:
    form = _form(measure)
    ends = [end for row in rows for end in row.sequence or ()]
    across = _padded(min(0.0, *ends), max(0.0, *ends))
    height = _BAR * len(rows)
    axes = Axes(_LEFT, _HEAD, _WIDTH - _LEFT - _RIGHT, height, x=across)
    zero = axes.pixel_x(0.0)
    shapes = [
        text(0, 20, f"{_TITLES[measure]}, by treatment", size=15),
        f'<path d="M{zero:.1f} {_HEAD}v{height}" stroke="{_GREY}" stroke-dasharray="4 4"/>',
    ]
    for number, row in enumerate(rows):
        shapes += _treatment_row(axes, number, row, form)
    title = f"{_TITLES[measure]}, by treatment"
    picture = svg(_WIDTH, _HEAD + height + 12, shapes, label=title)
    table = tuple(
        (
            row.treatment or "all",
            str(row.members),
            *map(form, (row.difference or 0.0, *(row.sequence or ()))),
        )
        for row in rows
    )
    columns = ("Treatment", "Members", "Difference", "At least", "At most")
    return ReportChart(f"{measure}-treatments", title, picture, columns, table)


def _treatment_row(
    axes: Axes, number: int, row: LiftRow, form: Callable[[float], str]
) -> Iterator[str]:
    low, high = row.sequence or (0.0, 0.0)
    y = _HEAD + _BAR * number + _BAR / 2
    line = Axes(axes.left, y - 4, axes.width, 8, x=axes.x)
    name = row.treatment or "all"
    yield text(_LEFT - 8, y + 4, _short(name), anchor="end", title=name)
    yield line.box((low, high), (0.4, 0.6), COLOURS[0], f"{form(low)} to {form(high)}")
    yield line.dot(row.difference or 0.0, 0.5, COLOURS[0], form(row.difference or 0.0))
    yield text(_WIDTH - _RIGHT + 6, y + 4, form(row.difference or 0.0))


def _levels(axes: Axes, ends: tuple[float, float], form: Callable[[float], str]) -> Iterator[str]:
    """A line at zero; labels there, and at the ends that are far enough from it."""
    yield axes.level(0.0, _GREY, dashed=True)
    yield axes.y_label(0.0, form(0.0))
    for end in ends:
        if abs(axes.pixel_y(end) - axes.pixel_y(0.0)) >= _LINE:
            yield axes.y_label(end, form(end))


def _day_dot(axes: Axes, each: LiftDay, form: Callable[[float], str]) -> str:
    words = f"{day_text(each.day)}: {form(each.difference)} ({form(each.low)} to {form(each.high)})"
    return axes.dot(each.day, each.difference, COLOURS[0], words)


def _day_labels(axes: Axes, first: int, last: int) -> Iterable[str]:
    step = max(1, -(-(last - first) // _LABELS))
    return [axes.x_label(day, day_text(day)[5:]) for day in range(first, last + 1, step)]


def _form(measure: str) -> Callable[[float], str]:
    if measure == PLAYS:
        return lambda value: f"{100 * value:+.2f}"
    return lambda value: f"{value:+.2f}"


def _padded(low: float, high: float) -> tuple[float, float]:
    room = (high - low) * 0.05 or 1.0
    return low - room, high + room


def _short(words: str) -> str:
    return words if len(words) <= _NAME else f"{words[: _NAME - 1]}\u2026"
