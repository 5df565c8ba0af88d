// Passkeys: asks the browser, and puts its answer into the form. Options and answer are JSON with base64url for bytes.
(() => {
  const box = document.querySelector("[data-passkey]");
  if (!box || !window.PublicKeyCredential) return;
  const { publicKey } = JSON.parse(document.getElementById("nm-passkey-options").textContent);
  const form = box.closest("form");
  const failed = box.querySelector("[data-failed]");

  const bytes = (text) => Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (sign) => sign.charCodeAt(0));
  const text = (buffer) =>
    buffer && btoa(String.fromCharCode(...new Uint8Array(buffer))).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");

  publicKey.challenge = bytes(publicKey.challenge);
  if (publicKey.user) publicKey.user.id = bytes(publicKey.user.id);
  for (const list of [publicKey.excludeCredentials, publicKey.allowCredentials])
    for (const known of list || []) known.id = bytes(known.id);

  const answerOf = (made) => {
    const response = { clientDataJSON: text(made.response.clientDataJSON) };
    for (const part of ["attestationObject", "authenticatorData", "signature", "userHandle"])
      if (made.response[part]) response[part] = text(made.response[part]);
    return {
      id: made.id,
      rawId: text(made.rawId),
      type: made.type,
      response,
      clientExtensionResults: made.getClientExtensionResults(),
    };
  };

  box.hidden = false;
  box.querySelector("button").addEventListener("click", async () => {
    failed.textContent = "";
    try {
      const made = await navigator.credentials[box.dataset.passkey]({ publicKey });
      form.elements.credential.value = JSON.stringify(answerOf(made));
      form.requestSubmit();
    } catch {
      failed.textContent = failed.dataset.failed;
    }
  });
})();
