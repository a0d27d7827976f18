"""Turns decoded pictures upright, and converts wide primaries to those of bt709."""

from __future__ import annotations

from av.filter import Graph
from av.video.frame import VideoFrame

from sizzle.media.filters import prepared
from sizzle.media.gate import Normalised


class Preparation:
    """Prepares the pictures of one video, which are all of one size and format.

    Args:
        normalised: how.
    """

    def __init__(self, normalised: Normalised) -> None:
        self._filters = prepared(normalised)
        if self._filters:
            # To flip, ffmpeg lets lines run backwards through memory, which others cannot read.
            self._filters.append(("copy", {}))
        self._graph: Graph | None = None

    @property
    def is_needed(self) -> bool:
        """Whether pictures are changed at all."""
        return bool(self._filters)

    def prepare(self, picture: VideoFrame) -> VideoFrame:
        """A picture, prepared; the same one where nothing is needed."""
        if not self._filters:
            return picture
        if self._graph is None:
            self._graph = self._graph_for(picture)
        time = picture.pts
        self._graph.vpush(picture)
        made = self._graph.vpull()
        made.pts = time
        return made

    def _graph_for(self, picture: VideoFrame) -> Graph:
        graph = Graph()
        taken = graph.add_buffer(
            width=picture.width,
            height=picture.height,
            format=picture.format,
            time_base=picture.time_base,
        )
        chain = [graph.add(name, **options) for name, options in self._filters]
        graph.link_nodes(taken, *chain, graph.add("buffersink")).configure()
        return graph
