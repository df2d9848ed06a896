// Starts a DAG for the signed-in user, through Airflow's own API, and follows its run.
//
//   <form data-trigger="crm_retry" data-conf='{"dry_run": true}' data-reload>
//
// What is sent: data-conf, the boxes that are ticked (as lists, by their names), and the button's
// own data-conf over both. A form with [data-needs="ids"] sends nothing while no box is ticked.
(() => {
  "use strict";

  const PATIENCE = 1000 * 60 * 60;
  const PAUSE = 1000;
  const airflow = () => `${document.body.dataset.airflow}/api/v2`;

  const ask = async (path, body) => {
    const options = { headers: { Accept: "application/json" }, credentials: "same-origin" };
    if (body !== undefined) {
      options.method = "POST";
      options.headers["Content-Type"] = "application/json";
      options.body = JSON.stringify(body);
    }
    const answer = await fetch(airflow() + path, options);
    const told = await answer.json().catch(() => ({}));
    if (!answer.ok) throw new Error(inWords(answer.status, told.detail));
    return told;
  };

  const inWords = (status, detail) => {
    const said = typeof detail === "string" ? detail :
      Array.isArray(detail) ? detail.map((one) => one.msg).join("; ") : "";
    const known = {
      401: "Your log-in has ended: sign in to Airflow again.",
      403: "You may not do this in Airflow; ask whoever gives permissions there.",
      404: "Airflow does not know this DAG; see its import errors.",
    };
    return known[status] || `Airflow refused it (${status}). ${said}`;
  };

  const confOf = (form, button) => {
    const conf = JSON.parse(form.dataset.conf || "{}");
    for (const box of form.querySelectorAll("input[type=checkbox][name]:checked")) {
      (conf[box.name] = conf[box.name] || []).push(box.value);
    }
    return Object.assign(conf, JSON.parse(button?.dataset.conf || "{}"));
  };

  const follow = async (dag, run, tell) => {
    const path = `/dags/${encodeURIComponent(dag)}/dagRuns/${encodeURIComponent(run)}`;
    const until = Date.now() + PATIENCE;
    while (Date.now() < until) {
      const { state } = await ask(path);
      if (state === "success" || state === "failed") return state;
      tell(state === "queued" ? "Waiting for Airflow to start it ..." : "Running ...");
      await new Promise((go) => setTimeout(go, PAUSE));
    }
    return "running";
  };

  const outcome = (dag, run, state) => {
    const link = document.createElement("a");
    link.href = `${document.body.dataset.airflow}/dags/${encodeURIComponent(dag)}/runs/${encodeURIComponent(run)}`;
    link.dataset.airflowLink = "";
    link.textContent = "the run in Airflow";
    const said = { success: "Done: ", failed: "It failed: see ", running: "Still running: " };
    const told = document.createElement("a");
    told.href = `${document.body.dataset.here}/runs/${encodeURIComponent(run)}`;
    told.textContent = "what it did";
    return [said[state], link, state === "success" ? ", " : "", state === "success" ? told : ""];
  };

  const send = async (form, button) => {
    const dag = button?.dataset.trigger || form.dataset.trigger;
    const progress = form.querySelector("[data-progress]");
    const tell = (...parts) => progress.replaceChildren(...parts);
    const conf = confOf(form, button);
    if (form.dataset.needs && !(conf[form.dataset.needs] || []).length) {
      tell("Choose at least one first.");
      return;
    }
    const buttons = [...form.querySelectorAll("button")].filter((one) => !one.disabled);
    buttons.forEach((one) => { one.disabled = true; });
    try {
      tell("Starting ...");
      const { is_paused: paused } = await ask(`/dags/${encodeURIComponent(dag)}`);
      if (paused) throw new Error(`${dag} is paused: switch it on in Airflow's DAG list first.`);
      const started = await ask(`/dags/${encodeURIComponent(dag)}/dagRuns`, { logical_date: null, conf });
      const state = await follow(dag, started.dag_run_id, tell);
      tell(...outcome(dag, started.dag_run_id, state));
      form.dispatchEvent(new CustomEvent("ended", { bubbles: true, detail: { dag, run: started.dag_run_id, state } }));
      if (state === "success" && "reload" in form.dataset) window.setTimeout(() => window.location.reload(), PAUSE);
    } catch (error) {
      tell(error.message);
    } finally {
      buttons.forEach((one) => { one.disabled = false; });
    }
  };

  document.addEventListener("submit", (event) => {
    const form = event.target.closest("form[data-trigger]");
    if (!form) return;
    event.preventDefault();
    send(form, event.submitter);
  });

  document.addEventListener("change", (event) => {
    if (!event.target.matches("input[data-all]")) return;
    for (const box of event.target.closest("form").querySelectorAll("input[type=checkbox][name]")) {
      box.checked = event.target.checked;
    }
  });
})();
