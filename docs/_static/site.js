"use strict";
// What is wider than its column can be scrolled with the keys too.
const reachable = () => {
  for (const box of document.querySelectorAll("pre, .table-wrapper, .output.text_html")) {
    if (box.scrollWidth > box.clientWidth) box.tabIndex = 0;
    else box.removeAttribute("tabindex");
  }
};
addEventListener("load", reachable);
addEventListener("resize", reachable);
