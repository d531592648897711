package main

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/ai-impact-observatory/ailca/datasets"
)

var (
	fences   = regexp.MustCompile("(?ms)^```(\\w+)\n(.*?)^```$")
	commands = regexp.MustCompile(`(?m)^ailca .*?(?:\s+#.*)?$`)
)

// The README's examples run as they stand: its method and its study are valid and give a result, its commands succeed.
func TestTheExamplesOfTheReadmeRun(t *testing.T) {
	if testing.Short() {
		t.Skip("long; the packages that it uses run under the race detector themselves")
	}
	text, err := os.ReadFile("../../README.md")
	if err != nil {
		t.Fatal(err)
	}
	var script strings.Builder
	yaml := map[string]string{}
	for _, block := range fences.FindAllStringSubmatch(string(text), -1) {
		switch body := block[2]; {
		case block[1] == "yaml" && strings.HasPrefix(body, "method:"):
			yaml["method.yaml"] = body
		case block[1] == "yaml" && strings.HasPrefix(body, "examples:"):
			yaml["method.yaml"] += body
		case block[1] == "yaml" && strings.HasPrefix(body, "study:"):
			yaml["study.yaml"] = body
		case block[1] == "yaml" && strings.HasPrefix(body, "scenario:"):
			yaml["our-plan.yaml"] = body
		case block[1] == "yaml" && strings.HasPrefix(body, "lever:"):
			yaml["warm-water.yaml"] = body
		case block[1] == "yaml" && strings.HasPrefix(body, "kind:"):
			yaml["requests.yaml"] = body
		case block[1] == "yaml" && strings.HasPrefix(body, "inventories:"):
			yaml["inventories"] = body
		case block[1] == "yaml" && strings.HasPrefix(body, "pack:"):
			yaml["my-grid/pack.yaml"] = body
		case block[1] == "csv":
			yaml["my-grid/france.csv"] = body
		case block[1] == "yaml" && strings.HasPrefix(body, "overlays:"):
			yaml["overlays"] = body
		case block[1] == "sh":
			for _, line := range commands.FindAllString(body, -1) {
				line, _, _ = strings.Cut(line, "#")
				script.WriteString("exec " + strings.TrimSpace(line) + "\n")
			}
		}
	}
	if len(yaml) != 9 || strings.Count(script.String(), "exec ") < 3 {
		t.Fatalf("the README shows %d files and these commands:\n%s", len(yaml), script.String())
	}
	script.WriteString(`
exec ailca validate method.yaml
exec ailca methods test method.yaml
stdout '560 kWh +560 kWh'

# The study, on the open edition's inventories; then the same with the README's own method.
exec ailca init open
cp open/hardware.parquet hardware.parquet
cp open/training_runs.parquet training_runs.parquet
exec ailca run study.yaml
stdout '^climate_change +2022 +service '
exists out/my-study/report.en.html
exec ailca run mine.yaml --draws 100
stdout '^climate_change +2022 +service '
exists out/mine/impacts.parquet

# The study with files named by their digests: with that of the README it is refused, for it is one of no file.
! exec ailca run other.yaml
stderr 'digest-mismatch'
exec ailca run pinned.yaml --draws 100
exists out/pinned/impacts.parquet

# The study with the README's own factors over those of the pack.
exec ailca factors lint open@2025.2 my-grid
exec ailca run overlaid.yaml --draws 100
grep 'my-grid@2026.1' out/overlaid/run.json
`)
	open, err := datasets.OpenEdition()
	if err != nil {
		t.Fatal(err)
	}
	pinned := regexp.MustCompile(`(?m)^inventories: .*\n`).ReplaceAllString(yaml["study.yaml"], yaml["inventories"])
	yaml["other.yaml"] = strings.Replace(pinned, "study: my-study", "study: other", 1)
	yaml["pinned.yaml"] = strings.Replace(regexp.MustCompile(`[0-9a-f]{64}`).ReplaceAllString(pinned, digestOf(open["training_runs"])), "study: my-study", "study: pinned", 1)
	yaml["overlaid.yaml"] = strings.Replace(strings.Replace(yaml["study.yaml"]+yaml["overlays"], "study: my-study", "study: overlaid", 1), "pack: open@2025.1", "pack: open@2025.2", 1)
	// What a reader brings along.
	yaml["emissions.csv"] = "timestamp,project_name,run_id,duration,energy_consumed,country_iso_code,gpu_count,gpu_model\n" +
		"2026-01-02T00:10:00,tiny-model,a,1200,1.5,FRA,8,8 x NVIDIA A100-SXM4-80GB\n"
	yaml["requests.csv"] = "timestamp,model,gpu,completion_tokens,energy_wh,status\n2026-01-02 00:10:00,tiny-model,H100,120,0.5,ok\n2026-01-02 00:10:01,tiny-model,H100,0,0.1,failed\n"
	yaml["metadata.yaml"] = `title: Training energy of our tiny model
date: 2026-06-30
contributor: {name: Ada Example}
licence: CC-BY-4.0
measurement: {instrument: CodeCarbon, boundary: the node, sampling: every 15 s, not_covered: storage}
attestation: {statement: "I measured these data myself and have the right to publish them.", name: Ada Example, date: 2026-06-30}
`
	for name, body := range yaml {
		script.WriteString("-- " + name + " --\n" + body)
	}
	mine := strings.Replace(strings.Replace(yaml["study.yaml"], "study: my-study", "study: mine", 1), "method: observatory@1.0.0", "method: ./method.yaml", 1)
	mine = regexp.MustCompile(`(?s)accept_gaps:.*`).ReplaceAllString(mine, "")
	script.WriteString("-- mine.yaml --\n" + mine)
	file := filepath.Join(t.TempDir(), "readme.txtar")
	if err := os.WriteFile(file, []byte(script.String()), 0o666); err != nil {
		t.Fatal(err)
	}
	testscript.Run(t, testscript.Params{Files: []string{file}, Setup: collectSeldom})
}
