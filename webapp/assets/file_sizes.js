/**
 * Says that files are too big before they travel, so that nothing typed beside them is put at risk.
 *
 * The page says in `<meta name="largest-request">` how many bytes may be sent at once. The server refuses more by
 * itself; this only spares the way there.
 */
const MEGABYTE = 1024 * 1024;
const ROOM_FOR_WORDS = MEGABYTE / 4;

/** Hold back every form of the page whose files are too big together. */
export function weighFiles(page) {
  const most = Number(page.querySelector('meta[name="largest-request"]')?.content);
  if (most > 0) {
    page.addEventListener("submit", (event) => hold(event, most), { capture: true });
  }
}

function hold(event, most) {
  const inputs = [...event.target.querySelectorAll('input[type="file"]')].filter((input) => input.files.length > 0);
  inputs.forEach((input) => say(input, ""));
  const chosen = sum(inputs.map(weight));
  if (chosen + ROOM_FOR_WORDS <= most) {
    return;
  }
  event.preventDefault();
  event.stopPropagation(); // nothing is on its way: what was typed still needs its draft
  const heaviest = inputs.reduce((one, other) => (weight(other) > weight(one) ? other : one));
  const [sent, allowed] = [(chosen / MEGABYTE).toFixed(1), Math.floor(most / MEGABYTE)];
  const alone = sum(inputs.map((input) => input.files.length)) === 1;
  const weighs = alone ? `The file chosen has ${sent} MB` : `The files chosen have ${sent} MB together`;
  say(heaviest, `${weighs}. Send no more than ${allowed} MB at once`);
  heaviest.focus();
}

function weight(input) {
  return sum([...input.files].map((file) => file.size));
}

function sum(numbers) {
  return numbers.reduce((total, each) => total + each, 0);
}

/** The sentence stands above the input and belongs to it; an empty one takes it away. */
function say(input, sentence) {
  const id = `${input.id}-weight`;
  input.ownerDocument.getElementById(id)?.remove();
  const described = (input.getAttribute("aria-describedby") ?? "").split(" ").filter((each) => each && each !== id);
  if (sentence) {
    const place = input.ownerDocument.createElement("span");
    place.id = id;
    place.className = "nhsuk-error-message";
    place.setAttribute("role", "alert");
    place.textContent = sentence;
    input.before(place);
    described.push(id);
  }
  input.setAttribute("aria-describedby", described.join(" "));
}
