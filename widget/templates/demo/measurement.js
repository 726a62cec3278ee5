// What a site's own measurement might do: it runs only while its purpose is allowed.
{
  const output = document.getElementById("measurement");
  output.textContent = "measurement runs";
  localStorage.setItem("demo-visits", String(Number(localStorage.getItem("demo-visits")) + 1));
  document.addEventListener("wadjet:change", () => {
    if (!window.wadjet.allows("measurement")) output.textContent = output.dataset.waiting;
  });
}
