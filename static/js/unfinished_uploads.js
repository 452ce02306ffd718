// What somebody has left unfinished stands in the same list as what they choose now, so that the same buttons serve it.
const waiting = document.getElementById("unfinished-uploads");
if (waiting) document.getElementById("upload-list").append(waiting.content);
