// What somebody has left unfinished stands in the same list as what they choose now, so that the same buttons serve it.
const waiting = document.getElementById("unfinished-uploads");
if (waiting) document.getElementById("upload-list").append(waiting.content);

// Wagtail sends one file after the other; the server takes two at a time.
jQuery(() => jQuery("#fileupload").fileupload("option", { sequentialUploads: false, limitConcurrentUploads: 2 }));

// The field over Wagtail's button has no name of its own.
const chosen = document.getElementById("fileupload");
chosen.ariaLabel = chosen.parentElement.querySelector("button").textContent.trim();
