// Lists the headings that have all the words typed. headings.js has them: [address, title of the page, heading].
// Written without newer parts of the language, so that old browsers run it, and the tests in an engine of their own.

// find_headings(TEXT): the rows that have each word of the text; none without a word.
function find_headings(text) {
	var words = text.toLowerCase().split(/\s+/).filter(function (word) { return word !== ""; });
	return headings.filter(function (row) {
		var here = (row[1] + " " + row[2]).toLowerCase();
		return words.length > 0 && words.every(function (word) { return here.indexOf(word) >= 0; });
	});
}

// show_headings(TEXT, LIST): fills the list with links; text of pages never becomes markup.
function show_headings(text, list) {
	var matches = find_headings(text);
	list.textContent = text.trim() !== "" && matches.length === 0 ? "No heading has all of these words." : "";
	matches.slice(0, 40).forEach(function (row) {
		var item = document.createElement("li"), link = document.createElement("a");
		link.href = row[0];
		link.textContent = row[2];
		item.appendChild(link);
		if (row[1] !== row[2])
			item.appendChild(document.createTextNode(" (" + row[1] + ")"));
		list.appendChild(item);
	});
}

if (typeof document !== "undefined") {
	var field = document.getElementById("words"), found = document.getElementById("found");
	field.addEventListener("input", function () { show_headings(field.value, found); });
	field.form.addEventListener("submit", function (event) { event.preventDefault(); });
	// A link such as index.html?docker searches at once.
	field.value = decodeURIComponent(location.search.slice(1));
	show_headings(field.value, found);
	if (location.hash === "#search")
		field.focus();
}
