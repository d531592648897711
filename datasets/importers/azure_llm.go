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
assumption=... . They are samples (scope sample), which enter no total. Rows have no id: a log of 10^7 requests streams. No record is left out; a time or number that is none is.

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
	kind := azureTrace(j.base())
	service, _ := j.meaning("service", kind)
	task, _ := j.meaning("task", kind)
	for column, text := range map[string]string{
		"service": service.Is, "task": task.Is, "organisation": "microsoft", "operator": "microsoft", "scope": "sample", "quality": "measured",
		"url": "https://github.com/Azure/AzurePublicDataset", "licence": "CC-BY-4.0",
	} {
		j.rows.throughout(column, text)
	}
	stamp, context, generated := c.Index("TIMESTAMP"), c.Index("ContextTokens"), c.Index("GeneratedTokens")
	requests, input, output := j.rows.at("requests"), j.rows.at("input_tokens"), j.rows.at("output_tokens")
	started, ended, source := j.rows.at("started"), j.rows.at("ended"), j.rows.at("source")
	multimodal := c.Has("NumImages")
	var days dayMemo
	for c.Next() {
		j.record()
		r := j.rows.next()
		r.put(requests, cell{number: 1})
		if v, ok := c.NumberAt(context); ok {
			r.put(input, cell{number: v})
		}
		if v, ok := c.NumberAt(generated); ok {
			r.put(output, cell{number: v})
		}
		cite := azureUndated
		if text := c.BytesAt(stamp); len(text) > 0 {
			day, ok := days.of(text)
			switch {
			case !ok:
				r.refuse("started", string(text), "not a time such as 2023-11-16 18:15:46.6805900")
			case day < firstOf2024:
				cite = azure2023
			default:
				cite = azure2024
			}
			if ok {
				r.put(started, cell{number: day})
				r.put(ended, cell{number: day})
			}
		}
		if multimodal {
			cite = azureMultimodal
		}
		r.put(source, cell{text: cite})
		j.give(r, c.Left("request", ""), c.Rows())
	}
	j.unread(c)
}

// The citations that the traces ask for.
const (
	azureUndated    = "Azure Public Dataset, LLM inference trace"
	azure2023       = "Azure Public Dataset, LLM inference trace 2023; Patel et al., Splitwise (2024)"
	azure2024       = "Azure Public Dataset, LLM inference trace 2024; Stojkovic et al., DynamoLLM (2024)"
	azureMultimodal = "Azure Public Dataset, LMM inference trace 2025; Qiu et al., ModServe (2025)"
)

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
