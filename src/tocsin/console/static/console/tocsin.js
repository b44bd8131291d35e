// The staff interface's behaviour. Everything works without it by plain forms and links;
// this file makes it quick. No build step, no dependency, nothing inline.
import { startAsked } from "./js/asked.js";
import { startFiles } from "./js/files.js";
import { startForms } from "./js/forms.js";
import { startFrames } from "./js/frames.js";
import { startKeys } from "./js/keys.js";
import { startList } from "./js/list.js";
import { startLive } from "./js/live.js";
import { startLiveLists } from "./js/livelist.js";
import { startLooks } from "./js/looks.js";
import { startPalette } from "./js/palette.js";
import { startPanes } from "./js/panes.js";
import { startPopups } from "./js/popups.js";
import { startPresence } from "./js/presence.js";
import { startTimes } from "./js/times.js";
import { startToasts } from "./js/toasts.js";
import { startWholeForms } from "./js/whole_forms.js";

document.documentElement.classList.add("js");
for (const start of [startPopups, startForms, startWholeForms, startAsked, startFiles, startFrames, startList, startKeys, startPanes, startPalette, startTimes, startToasts, startLooks, startLiveLists, startLive, startPresence]) start();
