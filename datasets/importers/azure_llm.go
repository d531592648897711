package importers

import (
	"strings"

	"github.com/ai-impact-observatory/ailca/lca/foreign"
)

var azureLLM = Format{
	Name:  "azure-llm",
	Title: "Azure Public Dataset: traces of language model inference, one row a request",
	Doc: `AzureLLMInferenceTrace_code.csv and _conv.csv of 2023, those of one week of 2024, and AzureLMMInferenceTrace_multimodal.csv (unpacked), of
github.com/Azure/AzurePublicDataset: TIMESTAMP, ContextTokens, GeneratedTokens. Keep the file's name: it says which service it is.

One row is one request: requests 1, input_tokens, output_tokens, the day; the time of day, which is without a zone and taken for UTC, is not kept. The traces name neither
the model, the devices, the region nor their share of the services, and measure neither time nor energy. A row needs a model: --set
model_id=undisclosed-azure-conversation says that it is not known; --set also sets stand-ins such as hardware_id=... or parameters_active=..., which are yours, so say so by --set
assumption=... . They are samples (scope sample), which enter no total. Rows have no id: a log of 10^7 requests streams.

Licence CC-BY-4.0, with the paper that each trace asks to cite: Patel et al., Splitwise (2024), for the traces of 2023, Stojkovic et al., DynamoLLM (2024), for those
of 2024, and Qiu et al., ModServe (2025), for the multimodal one.`,
	Kinds: []string{"deployments"},
	Needs: []string{"model_id"},
	read:  readAzureLLM,
}

func readAzureLLM(j *job) {
	c := j.csv(foreign.Dialect{})
	if c == nil || !c.Need("TIMESTAMP", "ContextTokens", "GeneratedTokens") {
		return
	}
	stamp, context, generated := c.Index("TIMESTAMP"), c.Index("ContextTokens"), c.Index("GeneratedTokens")
	kind := azureTrace(j.base())
	service, _ := j.meaning("service", kind)
	task, _ := j.meaning("task", kind)
	multimodal := c.Has("NumImages")
	var days dayMemo
	for c.Next() {
		j.record()
		r := j.rows.next()
		r.number("requests", 1)
		if v, ok := c.NumberAt(context); ok {
			r.number("input_tokens", v)
		}
		if v, ok := c.NumberAt(generated); ok {
			r.number("output_tokens", v)
		}
		source := "Azure Public Dataset, LLM inference trace"
		if text := c.TextAt(stamp); text != "" {
			day, ok := days.of(text)
			if ok {
				r.number("started", day)
				r.number("ended", day)
				source = azureSources[day >= firstOf2024]
			} else {
				r.refuse("started", text, "not a time such as 2023-11-16 18:15:46.6805900")
			}
		}
		r.text("service", service.Is)
		r.text("task", task.Is)
		r.text("organisation", "microsoft")
		r.text("operator", "microsoft")
		r.text("scope", "sample")
		r.text("quality", "measured")
		if multimodal {
			source = "Azure Public Dataset, LMM inference trace 2025; Qiu et al., ModServe (2025)"
		}
		r.text("source", source)
		r.text("url", "https://github.com/Azure/AzurePublicDataset")
		r.text("licence", "CC-BY-4.0")
		j.give(r, c.Left("request", ""), c.Rows())
	}
	j.unread(c)
}

// azureSources are the citations that traces ask for: those from 2024 on, and those before.
var azureSources = map[bool]string{
	false: "Azure Public Dataset, LLM inference trace 2023; Patel et al., Splitwise (2024)",
	true:  "Azure Public Dataset, LLM inference trace 2024; Stojkovic et al., DynamoLLM (2024)",
}

// firstOf2024 is 1 January 2024, in days since 1970.
const firstOf2024 = 19723

// azureTrace is which service a trace is of, by the file's name: code, conv, multimodal; empty of another name.
func azureTrace(file string) string {
	for _, begins := range []string{"AzureLLMInferenceTrace_", "AzureLMMInferenceTrace_"} {
		if rest, ok := strings.CutPrefix(file, begins); ok {
			kind, _, _ := strings.Cut(rest, ".")
			kind, _, _ = strings.Cut(kind, "_")
			return kind
		}
	}
	return ""
}
