/** What every page may use. Each part does nothing where the page has no use for it. */
import {
  Button,
  CharacterCount,
  Checkboxes,
  createAll,
  ErrorSummary,
  Header,
  NotificationBanner,
  PasswordInput,
  Radios,
  SkipLink,
} from "nhsuk-frontend";

import { keepDrafts } from "./drafts.js";
import { weighFiles } from "./file_sizes.js";
import { foldOnPhones } from "./fold.js";
import { showWhatIsAsked } from "./forms.js";
import { takeInboxKeys } from "./inbox.js";
import { watchForNewTasks } from "./new_tasks.js";
import { standAtOwnAddress } from "./own_address.js";
import { keepMark } from "./page_marks.js";
import { offerPrinting } from "./printing.js";
import { watchProgress } from "./progress.js";
import { watchSessionEnd } from "./session_end.js";

// The page says that scripts run without an inline script, which the content security policy refuses.
document.body.classList.add("js-enabled", "nhsuk-frontend-supported");

// Not FileUpload: the browser's own input says its name in the words that are seen, the button made of it does not.
for (const Part of [
  Button,
  CharacterCount,
  Checkboxes,
  ErrorSummary,
  Header,
  NotificationBanner,
  PasswordInput,
  Radios,
  SkipLink,
]) {
  createAll(Part);
}
showWhatIsAsked(document);
foldOnPhones(document);
standAtOwnAddress(document);
keepMark(document);
weighFiles(document);
keepDrafts(document);
takeInboxKeys(document);
watchForNewTasks(document);
watchProgress(document);
offerPrinting(document);
watchSessionEnd(document);
