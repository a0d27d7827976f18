"""What a page does with names that are written from right to left."""

from __future__ import annotations

from playwright.sync_api import Page

# Each text with a letter of such a script, unless the direction of the element that has it is the
# text's own, or characters around a name isolate it, as in mails: else a question mark, a number or
# a bracket beside a name is shown on the wrong side.
_MISPLACED = """() => {
  const letters = /[\\u0590-\\u08ff]/;
  const isolated = /\\u2068[^\\u2068\\u2069]*\\u2069/g;
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  const found = [];
  while (walker.nextNode()) {
    const node = walker.currentNode, element = node.parentElement;
    if (!letters.test(node.data.replace(isolated, ""))) continue;
    if (element.closest("script, style, template, [hidden]")) continue;
    const style = getComputedStyle(element);
    if (element.closest("svg, option") || style.direction === "rtl") continue;
    if (style.unicodeBidi !== "plaintext" && !element.matches("[dir=auto], bdi"))
      found.push(`${element.tagName}.${element.className}#${element.id}: ${node.data.trim()}`);
  }
  return found;
}"""


def misplaced_names(page: Page) -> list[str]:
    """Texts from right to left that take the direction of the page instead of their own."""
    return list(page.evaluate(_MISPLACED))


def is_wider_than_the_screen(page: Page) -> bool:
    """Whether one has to scroll sideways."""
    return bool(page.evaluate("document.documentElement.scrollWidth > innerWidth"))
