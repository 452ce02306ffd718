// Passkeys: asks the browser for one, or to make one, and sends its answer with the form; allauth's webauthn-json.js codes it.
const forms = globalThis.PublicKeyCredential ? document.querySelectorAll("form[data-passkey]") : [];

for (const form of forms) {
  form.hidden = false;
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const said = form.querySelector("[role=alert]");
    said.textContent = "";
    try {
      const question = await questionOf(form);
      const answer = await globalThis.webauthnJSON[form.dataset.passkey](question);
      form.elements.credential.value = JSON.stringify(answer);
      form.submit();
    } catch {
      said.textContent = form.querySelector("template").content.textContent.trim(); // given up, taken too long or refused: browsers tell no difference
    }
  });
}

async function questionOf(form) {
  const asked = document.getElementById("js_data")
    ? JSON.parse(document.getElementById("js_data").textContent)
    : await (await fetch(form.action, { headers: { Accept: "application/json" } })).json();
  const question = asked.creation_options ?? asked.request_options;
  if (asked.creation_options) {
    // One that signs in by itself: it knows its account, and asks for finger, face or PIN.
    Object.assign(question.publicKey.authenticatorSelection, {
      residentKey: "required", requireResidentKey: true, userVerification: "required",
    });
  }
  return question;
}
