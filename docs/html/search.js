// Lists the headings that have all the words typed. headings.js has them: [address, title of the page, heading].
const field = document.getElementById("words");
const found = document.getElementById("found");

function search() {
	const words = field.value.toLowerCase().split(/\s+/).filter(Boolean);
	const matches = headings.filter(([, title, heading]) => {
		const text = (title + " " + heading).toLowerCase();
		return words.length > 0 && words.every((word) => text.includes(word));
	});
	found.replaceChildren(...matches.slice(0, 40).map(([address, title, heading]) => {
		const item = document.createElement("li");
		const link = document.createElement("a");
		link.href = address;
		link.textContent = heading;
		item.append(link, heading === title ? "" : " (" + title + ")");
		return item;
	}));
	if (words.length > 0 && matches.length === 0)
		found.append("No heading has all of these words.");
}

field.addEventListener("input", search);
field.form.addEventListener("submit", (event) => event.preventDefault());
// A link such as index.html?docker searches at once.
field.value = decodeURIComponent(location.search.slice(1));
search();
if (location.hash === "#search")
	field.focus();
