"use strict";
(() => {
  const table = document.getElementById("conflicts");
  if (!table) return;
  const body = table.tBodies[0];
  const rows = Array.from(body.rows);
  const words = rows.map((row) => row.textContent.toLowerCase());
  const search = document.getElementById("search");
  const shown = document.getElementById("shown");
  const picks = Array.from(document.querySelectorAll(".tools select"));

  function filter() {
    const asked = search.value.toLowerCase().split(/\s+/).filter(Boolean);
    let count = 0;
    rows.forEach((row, at) => {
      const fits = asked.every((word) => words[at].includes(word)) &&
        picks.every((pick) => !pick.value || row.dataset[pick.name] === pick.value);
      row.hidden = !fits;
      if (fits) count += 1;
    });
    shown.textContent = shown.dataset.template.replace("{shown}", count).replace("{all}", rows.length);
  }

  function valueOf(row, column, isNumber) {
    const cell = row.cells[column];
    const value = cell.dataset.value ?? cell.textContent.trim();
    return isNumber ? (value === "" ? null : Number(value)) : value;
  }

  function sortBy(heading) {
    const column = heading.cellIndex;
    const isNumber = heading.classList.contains("n");
    const isUp = heading.getAttribute("aria-sort") !== "ascending";
    for (const other of heading.parentNode.cells) other.removeAttribute("aria-sort");
    heading.setAttribute("aria-sort", isUp ? "ascending" : "descending");
    const keyed = rows.map((row, at) => [valueOf(row, column, isNumber), at, row]);
    keyed.sort((one, two) => {
      if (one[0] === two[0]) return one[1] - two[1];
      if (one[0] === null) return 1;
      if (two[0] === null) return -1;
      const order = isNumber ? one[0] - two[0] : String(one[0]).localeCompare(String(two[0]));
      return isUp ? order : -order;
    });
    body.append(...keyed.map((entry) => entry[2]));
  }

  for (const button of table.querySelectorAll("th button")) {
    button.addEventListener("click", () => sortBy(button.parentNode));
  }
  search.addEventListener("input", filter);
  for (const pick of picks) pick.addEventListener("change", filter);
  filter();
})();
