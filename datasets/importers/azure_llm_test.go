package importers

import (
	"strings"
	"testing"
)

var someModel = map[string]string{"model_id": "undisclosed"}

// The three forms of time that the traces have, and the paper that each asks to cite.
func TestATraceHasOneRowForEachRequest(t *testing.T) {
	got := importFiles(t, "azure-llm", Options{Set: someModel},
		text("AzureLLMInferenceTrace_conv.csv", "TIMESTAMP,ContextTokens,GeneratedTokens\r\n2023-11-16 23:59:59.9999999,374,44\r\n2023-11-17 00:00:00.0000000,0,1\r\n"),
		text("AzureLLMInferenceTrace_code_1week.csv", "TIMESTAMP,ContextTokens,GeneratedTokens\n2024-05-12 00:00:00.009930+00:00,100,2\nyesterday,,3\n"),
		text("AzureLMMInferenceTrace_multimodal.csv", "TIMESTAMP,NumImages,ContextTokens,GeneratedTokens\n2024-10-15 12:00:00.131,1,100,2\n"))
	got.want(t, 0, `
		deployment_id: -
		model_id: undisclosed
		requests: 1
		input_tokens: 374
		output_tokens: 44
		started: 2023-11-16
		ended: 2023-11-16
		service: Azure language model inference, conversation
		task: text_generation
		organisation: microsoft
		region: -
		energy: -
		scope: sample
		quality: measured
		licence: CC-BY-4.0
		source: Azure Public Dataset, LLM inference trace 2023; Patel et al., Splitwise (2024)
		origin_row: 1`)
	got.want(t, 1, "started: 2023-11-17\ninput_tokens: 0\norigin_row: 2")
	got.want(t, 2, "started: 2024-05-12\ntask: code_completion\nsource: Azure Public Dataset, LLM inference trace 2024; Stojkovic et al., DynamoLLM (2024)")
	got.want(t, 3, "started: -\ninput_tokens: -\noutput_tokens: 3\nsource: Azure Public Dataset, LLM inference trace")
	got.want(t, 4, "started: 2024-10-15\nsource: Azure Public Dataset, LMM inference trace 2025; Qiu et al., ModServe (2025)")
	if list := strings.Join(got.left, "\n"); !strings.Contains(list, "csv:3 | value | request started yesterday | not a time such as") || !strings.Contains(list, "NumImages | the tokens are read") {
		t.Error(list)
	}
}

func TestATraceDoesNotSayItsModel(t *testing.T) {
	got := importFiles(t, "azure-llm", Options{}, text("a.csv", "TIMESTAMP,ContextTokens,GeneratedTokens\n"))
	if !strings.Contains(got.told, "files of the format azure-llm do not say the model_id of their rows") {
		t.Error(got.told)
	}
}

func TestWhatIsNoTraceIsToldWhichColumnsItLacks(t *testing.T) {
	got := importFiles(t, "azure-llm", Options{Set: someModel}, text("a.csv", "Timestamp,ContextTokens,GeneratedTokens\n"))
	if !strings.Contains(got.told, `the file has no column "TIMESTAMP"`) {
		t.Error(got.told)
	}
}

// The sums are those of the publisher's sanity check; the first request is 374 and 44 tokens, the second 396 and 109.
func TestTheConversationTraceOf2023(t *testing.T) {
	got := importFiles(t, "azure-llm", Options{Set: someModel}, published(t, "azure-llm-trace/AzureLLMInferenceTrace_conv.csv"))
	in, out, requests := 0.0, 0.0, 0.0
	for _, r := range got.rows {
		in, out, requests = in+number(t, r["input_tokens"]), out+number(t, r["output_tokens"]), requests+number(t, r["requests"])
		if r["started"] != "2023-11-16" {
			t.Fatal(r)
		}
	}
	if in != 22361870 || out != 4088665 || requests != 19366 || len(got.left) != 0 || got.told != "" {
		t.Error(in, out, requests, got.left, got.told)
	}
	got.want(t, 1, "input_tokens: 396\noutput_tokens: 109")
}
