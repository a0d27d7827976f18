"""The design that all pages of the service share: one style sheet, one frame, one way of forms.

A feature gets its `Pages` from the `Site`, makes its routers with `Pages.router`, and answers with
`Pages.page` and `Pages.see`. Its templates extend `design/base.html` and use the parts of
`design/parts.html`. CONTRIBUTING.md says how to add a page.
"""

from sizzle.api.design.areas import Area, Section
from sizzle.api.design.pages import Pages
from sizzle.api.design.site import Site
from sizzle.api.design.slices import Slice
from sizzle.api.design.viewer import Viewer, viewer_of

__all__ = ["Area", "Pages", "Section", "Site", "Slice", "Viewer", "viewer_of"]
