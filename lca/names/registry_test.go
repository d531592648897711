package names

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/ai-impact-observatory/ailca/lca/diag"
)

// devices is a small registry: two makers, a family, a device whose name goes on where another's ends, and a server of eight.
const devices = `# version: 1.2.3
id,name,kind,maker,device,devices,aliases,ambiguous,source
nvidia-x100-sxm-80gb,NVIDIA X100 SXM 80GB,accelerator,nvidia,,,X100 80GB HBM; Tesla X100-SXM-80GB,X100;NVIDIA X100 Tensor Core GPU,datasheet
nvidia-x100-pcie-40gb,NVIDIA X100 PCIe 40GB,accelerator,nvidia,,,,X100;NVIDIA X100 Tensor Core GPU,datasheet
amd-mi1,AMD MI1,accelerator,amd,,,,,datasheet
amd-mi1x,AMD MI1X,accelerator,amd,,,,,datasheet
intel-core-3.5,Intel Core 3.5,cpu,intel,,,,,datasheet
box-of-8,Box with eight X100,system,,nvidia-x100-sxm-80gb,8,NVIDIA box,,datasheet
`

func loadRegistry(t testing.TB, text string) (*Registry, []string) {
	t.Helper()
	var probs diag.List
	r := Load("d.csv", []byte(text), &probs)
	var out []string
	for _, p := range probs.Problems() {
		out = append(out, strings.SplitN(p.String(), "\n", 2)[0])
	}
	return r, out
}

func devicesOf(t testing.TB) *Registry {
	t.Helper()
	r, probs := loadRegistry(t, devices)
	if len(probs) > 0 {
		t.Fatal(probs)
	}
	return r
}

func TestANameIsFoundHoweverItIsWritten(t *testing.T) {
	r := devicesOf(t)
	for _, text := range []string{
		"nvidia-x100-sxm-80gb", "NVIDIA X100 SXM 80GB", "nvidia x100 sxm 80 gb", "X100-SXM-80GB", "x100_sxm_80gb", "X100 (SXM) 80GB", "NVIDIA® X100™ SXM 80GB",
		"  X100  SXM 80GB ", "Tesla X100-SXM-80GB", "NVIDIA Tesla X100 SXM 80GB", "ＮＶＩＤＩＡ X100 SXM 80GB",
	} {
		if f := r.Find(text); f.ID != "nvidia-x100-sxm-80gb" || f.Count != 0 || f.Candidates != nil || f.Nearest != "" {
			t.Errorf("%q is %+v", text, f)
		}
	}
}

func TestANumberOfPiecesStandsAheadOrBehind(t *testing.T) {
	r := devicesOf(t)
	for text, want := range map[string]float64{
		"8 x NVIDIA X100-SXM-80GB": 8, "8x X100 SXM 80GB": 8, "8X100 SXM 80GB": 0, "2 × X100 SXM 80GB": 2, "16 * X100 SXM 80GB": 16, "X100-SXM-80GBx8": 8,
		"X100 SXM 80GB x 4": 4, "X100-SXM-80GB x4": 4, "X100-SXM-80GBx8_TRT": 8, "X100-SXM-80GBx8_TRT_MaxQ": 8, "X100-SXM-80GBx8_trt_triton": 8, "1 x X100 SXM 80GB": 1,
	} {
		f := r.Find(text)
		if want == 0 {
			if f.Known() {
				t.Errorf("%q is %+v, want nothing", text, f)
			}
			continue
		}
		if f.ID != "nvidia-x100-sxm-80gb" || f.Count != want {
			t.Errorf("%q is %+v, want %g of it", text, f, want)
		}
	}
	for _, text := range []string{"0 x X100 SXM 80GB", "-8 x X100 SXM 80GB", "x", "8 x", "x8", "8 x 8", "99999999 x X100 SXM 80GB", "X100-SXM-80GBx8_PCIe"} {
		if f := r.Find(text); f.Known() || f.Candidates != nil {
			t.Errorf("%q is %+v, want nothing", text, f)
		}
	}
	if e, _ := r.Lookup(r.Find("4 x NVIDIA box").ID); e.Device != "nvidia-x100-sxm-80gb" || e.Devices != 8 {
		t.Errorf("a box is %+v", e)
	}
}

func TestNothingIsGuessed(t *testing.T) {
	r := devicesOf(t)
	family := []string{"nvidia-x100-sxm-80gb", "nvidia-x100-pcie-40gb"}
	for text, want := range map[string]Found{
		"X100":                        {Candidates: family},
		"nvidia x100":                 {Candidates: family},
		"X100 Tensor Core GPU":        {Candidates: family},
		"8 x NVIDIA X100":             {Candidates: family, Count: 8},
		"AMD X100":                    {},                                                      // of another maker
		"X100 PCIe 80GB":              {Nearest: "nvidia-x100-pcie-40gb"},                      // there is none
		"NVIDIA X100,AMD MI1":         {},                                                      // two names
		"MI1x8":                       {Candidates: []string{"amd-mi1", "amd-mi1x"}, Count: 8}, // eight MI1, or an MI1X and an 8
		"MI1X x8":                     {ID: "amd-mi1x", Count: 8},
		"Core 3.5":                    {ID: "intel-core-3.5"},
		"Core 35":                     {Nearest: "intel-core-3.5"},
		"Core 3 5":                    {Nearest: "intel-core-3.5"},
		"nvidia-x100-sxm-08gb":        {Nearest: "nvidia-x100-sxm-80gb"},
		"":                            {},
		"™":                           {},
		strings.Repeat("X100 ", 1000): {},
	} {
		got := r.Find(text)
		if got.ID != want.ID || got.Count != want.Count || !slices.Equal(got.Candidates, want.Candidates) || got.Nearest != want.Nearest {
			t.Errorf("%.40q is %+v, want %+v", text, got, want)
		}
	}
}

func TestLookupTakesIDsAlone(t *testing.T) {
	r := devicesOf(t)
	if _, ok := r.Lookup("NVIDIA X100 SXM 80GB"); ok {
		t.Error("Lookup took a name for an id")
	}
	e, ok := r.Lookup("nvidia-x100-sxm-80gb")
	if !ok || e.Name != "NVIDIA X100 SXM 80GB" || e.Kind != "accelerator" || e.Maker != "nvidia" || !slices.Equal(e.Aliases, []string{"X100 80GB HBM", "Tesla X100-SXM-80GB"}) {
		t.Errorf("the entry is %+v, %v", e, ok)
	}
	if kinds := r.Kinds(); !slices.Equal(kinds, []string{"accelerator", "cpu", "system"}) {
		t.Errorf("the kinds are %q", kinds)
	}
	if v := r.Version(); !strings.HasPrefix(v, "1.2.3+") || len(v) != len("1.2.3+")+12 {
		t.Errorf("the version is %q", v)
	}
}

func TestAnotherTableIsAnotherVersion(t *testing.T) {
	changed, _ := loadRegistry(t, strings.Replace(devices, "MI1X", "MI1Y", 1))
	if before := devicesOf(t).Version(); changed.Version() == before {
		t.Errorf("both are %s", before)
	}
}

func TestABrokenRegistryIsRefused(t *testing.T) {
	for name, tc := range map[string]struct{ row, want string }{
		"an id twice":                      {"amd-mi1,Another,accelerator,amd,,,,,", "d.csv:9:1: the id amd-mi1 stands also in line 5 [duplicate-id]"},
		"a name of two":                    {"z,amd mi1,accelerator,,,,,,", `d.csv:9:3: "amd mi1" means z and, in line 5, amd-mi1 [duplicate-name]`},
		"an alias of two":                  {"z,Z,accelerator,,,,Y;Tesla X100 SXM 80 GB,,", `d.csv:9:20: "Tesla X100 SXM 80 GB" means z and, in line 3, nvidia-x100-sxm-80gb [duplicate-name]`},
		"a name of two without the makers": {"z,Intel MI1,accelerator,intel,,,,,", `d.csv:9:3: "Intel MI1" means z and, in line 5, amd-mi1 [duplicate-name]`},
		"a family's name as an alias":      {"z,Z,accelerator,nvidia,,,x-100 ®;X100,,", `d.csv:3:99: "X100" is ambiguous here and, in line 9, a name of z [duplicate-name]`},
		"a family of one":                  {"z,Z,accelerator,,,,,Zet,", `d.csv:9:21: "Zet" is ambiguous, but only z has it [bad-value]`},
		"an unknown maker":                 {"z,Z,accelerator,nvidea,,,,,", `d.csv:9:17: the maker "nvidea" of z is not in the registry [unknown-reference]`},
		"an unknown device":                {"z,Z,system,,amd-mi,4,,,", `d.csv:9:13: the device "amd-mi" of z is not in the registry [unknown-reference]`},
		"devices without a device":         {"z,Z,system,,,4,,,", `d.csv:9:14: devices is "4"; a whole number from 1 belongs to each device, and to nothing else [bad-value]`},
		"a device without a number":        {"z,Z,system,,amd-mi1,,,,", `d.csv:9:21: devices is ""; a whole number from 1 belongs to each device, and to nothing else [bad-value]`},
		"a thing made of itself":           {"z,Z,system,,z,1,,,", "d.csv:9:13: the devices of z go round in a circle [cycle]"},
		"no id":                            {",Z,accelerator,,,,,,", "d.csv:9:1: the entry has no id [missing-value]"},
		"no kind":                          {"z,Z,,,,,,,", "d.csv:9:5: the entry has no kind [missing-value]"},
		"an id in capitals":                {"Z,Z,accelerator,,,,,,", `d.csv:9:1: the id "Z" is not made of lower-case letters, digits and single hyphens or points [bad-value]`},
		"an alias without letters":         {"z,Z,accelerator,,,,(),,", `d.csv:9:20: "()" is no name: it has no letter and no digit, or more than 512 bytes [bad-value]`},
		"a row too short":                  {"z,Z", "d.csv:9: not readable as CSV: wrong number of fields [syntax]"},
	} {
		t.Run(name, func(t *testing.T) {
			if _, probs := loadRegistry(t, devices+tc.row+"\n"); len(probs) == 0 || probs[0] != tc.want {
				t.Errorf("got %q, want %q", probs, tc.want)
			}
		})
	}
	for name, tc := range map[string]struct{ text, want string }{
		"no version":       {strings.TrimPrefix(devices, "# version: 1.2.3\n"), "d.csv:1: the table does not begin with its version, such as # version: 1.0.0 [missing-value]"},
		"nothing":          {"# version: 1.0.0\n", "d.csv: the table has no header [missing-column]"},
		"a missing column": {"# version: 1.0.0\nid,name,kind,aliases,source\n", "d.csv:2: the table has no column ambiguous [missing-column]"},
		"another column":   {"# version: 1.0.0\nid,name,kind,aliases,ambiguous,source,makers\n", `d.csv:2:39: a registry has no column "makers" [unknown-column]`},
		"a column twice":   {"# version: 1.0.0\nid,name,kind,aliases,ambiguous,source,id\n", "d.csv:2:39: the column id stands twice [duplicate-name]"},
	} {
		t.Run(name, func(t *testing.T) {
			if _, probs := loadRegistry(t, tc.text); len(probs) == 0 || probs[0] != tc.want {
				t.Errorf("got %q, want %q", probs, tc.want)
			}
		})
	}
}

func TestAllProblemsOfATableAreToldAtOnce(t *testing.T) {
	_, probs := loadRegistry(t, devices+"Z,,,nobody,,,,Zet,\nz,AMD MI1,cpu,,,,,,\n")
	if len(probs) != 7 { // the id in capitals, no name, no kind, the maker, Zet alone, z and MI1 twice
		t.Errorf("%d problems, want 7: %q", len(probs), probs)
	}
}

// The key of a name is what is compared: writing it as its key must change nothing.
func TestTheKeyOfAKeyIsThatKey(t *testing.T) {
	check := func(t *rapid.T, name string) {
		if k := key(name); len(k) <= longest && key(k) != k {
			t.Fatalf("the key of %q is %q, whose key is %q", name, k, key(k))
		}
	}
	rapid.Check(t, func(t *rapid.T) {
		check(t, rapid.String().Draw(t, "any text"))
		check(t, rapid.StringMatching(`([a-zA-Z]{0,2}[0-9]{0,2}[ .(R)™+/_-]{0,3}){1,6}`).Draw(t, "name"))
	})
}

func TestAnIDAndANameFindTheirOwnEntry(t *testing.T) {
	for name, r := range map[string]*Registry{"hardware": Hardware(), "models": Models(), "organisations": Organisations()} {
		for _, id := range r.IDs() {
			e, _ := r.Lookup(id)
			for _, text := range append([]string{e.ID, e.Name}, e.Aliases...) {
				if f := r.Find(text); f.ID != id {
					t.Errorf("%s: %q of %s is %+v", name, text, id, f)
				}
				if maker, ok := Organisations().Lookup(e.Maker); ok && name != "organisations" {
					if f := r.Find(maker.Name + " " + text); f.ID != id {
						t.Errorf("%s: %q of %s with its maker is %+v", name, text, id, f)
					}
				}
			}
			for _, text := range e.Ambiguous {
				if f := r.Find(text); !slices.Contains(f.Candidates, id) {
					t.Errorf("%s: %q is %+v, which leaves %s out", name, text, f, id)
				}
			}
		}
	}
}

// A new alias is refused or means its entry; all that was known before means what it meant.
func TestAnAliasChangesNothingElse(t *testing.T) {
	before := devicesOf(t)
	rows := strings.SplitAfter(devices, "\n")
	rapid.Check(t, func(t *rapid.T) {
		words := rapid.SliceOfN(rapid.SampledFrom([]string{"NVIDIA", "AMD", "Tesla", "X100", "SXM", "PCIe", "80GB", "40 GB", "MI1", "MI1X", "x", "8", "box", "Core", "3.5", "new"}), 1, 4).Draw(t, "words")
		alias := strings.Join(words, rapid.SampledFrom([]string{" ", "-", ""}).Draw(t, "between"))
		i := rapid.IntRange(2, len(rows)-2).Draw(t, "row")
		cells := strings.Split(strings.TrimSuffix(rows[i], "\n"), ",")
		cells[6] += ";" + alias
		changed := slices.Clone(rows)
		changed[i] = strings.Join(cells, ",") + "\n"
		var probs diag.List
		after := Load("d.csv", []byte(strings.Join(changed, "")), &probs)
		if probs.Count(diag.Error) > 0 {
			return
		}
		if f := after.Find(alias); f.ID != cells[0] {
			t.Fatalf("%q of %s is %+v", alias, cells[0], f)
		}
		for _, k := range before.keys {
			if was, is := before.Find(k), after.Find(k); k != key(alias) && fmt.Sprint(was) != fmt.Sprint(is) {
				t.Fatalf("with %q at %s, %q is %+v and was %+v", alias, cells[0], k, is, was)
			}
		}
	})
}

func TestTheRegistriesAreSoundAndInOrder(t *testing.T) {
	for _, tc := range []struct {
		name  string
		r     *Registry
		kinds []string
		least int
	}{
		{"hardware", Hardware(), []string{"accelerator", "soc", "cpu", "server", "system"}, 210},
		{"models", Models(), []string{"model", "programme", "benchmark", "service"}, 1000},
		{"organisations", Organisations(), []string{"academia", "government", "industry", "research_collective"}, 500},
	} {
		kinds := tc.r.Kinds()
		slices.Sort(kinds)
		slices.Sort(tc.kinds)
		if ids := tc.r.IDs(); len(ids) < tc.least || !slices.Equal(kinds, tc.kinds) {
			t.Errorf("%s: %d entries of the kinds %q", tc.name, len(ids), kinds)
		}
		for _, id := range tc.r.IDs() {
			if e, _ := tc.r.Lookup(id); e.Source == "" {
				t.Errorf("%s: nobody prints the name %s", tc.name, e.Name)
			}
		}
	}
	if a, b := Hardware().Version(), Models().Version(); a == b {
		t.Errorf("two tables have the version %s", a)
	}
}

// The examples are what the registry was made for.
func TestWhatSourcesCallTheirDevices(t *testing.T) {
	h100 := []string{"nvidia-h100-sxm5-80gb", "nvidia-h100-pcie-80gb", "nvidia-h100-nvl-94gb"}
	for text, want := range map[string]Found{
		"NVIDIA H100 SXM5 80GB":     {ID: "nvidia-h100-sxm5-80gb"}, // Epoch
		"H100":                      {Candidates: h100},            // ML.ENERGY
		"8 x NVIDIA A100-SXM4-80GB": {ID: "nvidia-a100-sxm4-80gb", Count: 8},
		"nvidia h100 sxm5 80gb":     {ID: "nvidia-h100-sxm5-80gb"},
		"NVIDIA H100 80GB HBM3":     {ID: "nvidia-h100-sxm5-80gb"}, // nvidia-smi; the PCIe card has HBM2e
		"H100 80GB":                 {Candidates: h100[:2]},
		"2 x Tesla V100S-PCIE-32GB": {ID: "nvidia-v100s-pcie-32gb", Count: 2}, // no V100
		"A100-SXM-80GB":             {ID: "nvidia-a100-sxm4-80gb"},            // no other socket has it
		"H200-SXM-141GBx8_TRT_MaxQ": {ID: "nvidia-h200-sxm", Count: 8},
		"64xSMC-H100-SXM-80GB":      {ID: "smc-h100-sxm-80gb", Count: 64}, // nodes, of eight devices each
		"TPU v3":                    {ID: "google-tpu-v3"},
		"TPUv3 Chip":                {ID: "google-tpu-v3"},
		"TPU v3 pod":                {ID: "google-tpu-v3-pod"},
		"TPU v3-8":                  {Nearest: "google-tpu-v3"}, // eight cores on four chips
		"Apple M1":                  {ID: "apple-m1"},
		"8 x MI300X":                {ID: "amd-instinct-mi300x", Count: 8},
		"MI300":                     {Candidates: []string{"amd-instinct-mi300x", "amd-instinct-mi300a"}},
		"NVIDIA GH200":              {ID: "nvidia-gh200"},
		"B200":                      {ID: "nvidia-b200"},
		"Tesla D1":                  {ID: "tesla-d1"}, // of Tesla, the maker of cars
	} {
		got := Hardware().Find(text)
		if got.ID != want.ID || got.Count != want.Count || !slices.Equal(got.Candidates, want.Candidates) || got.Nearest != want.Nearest {
			t.Errorf("%q is %+v, want %+v", text, got, want)
		}
	}
	for text, want := range map[string]string{
		"meta-llama/Llama-3.1-8B-Instruct": "llama-3.1-8b", "google/gemma-3-27b-it": "gemma-3-27b", "OpenAI GPT-4o": "gpt-4o", "openai/gpt-oss-120b": "gpt-oss-120b", "Titan": "", "Large": "",
		"MLPerf llama2-70b-99.9": "mlperf-llama-2-70b", "GPT-3.5": "gpt-3.5", "GPT-35": "", "2 x GPT-4o": "",
	} {
		if f := Models().Find(text); f.ID != want {
			t.Errorf("%q is %+v, want %q", text, f, want)
		}
	}
	for text, want := range map[string]string{"DeepMind": "google-deepmind", "Facebook": "meta", "UC Berkeley": "university-of-california-berkeley", "Universite de Montreal": "university-of-montreal", "X": ""} {
		if f := Organisations().Find(text); f.ID != want {
			t.Errorf("%q is %+v, want %q", text, f, want)
		}
	}
	if e, _ := Organisations().Lookup("google-deepmind"); e.Parent != "google" {
		t.Errorf("Google DeepMind is part of %q", e.Parent)
	}
}

func FuzzRegistry(f *testing.F) {
	f.Add(devices, "8 x NVIDIA X100-SXM-80GB")
	f.Add("# version: 1.0.0\nid,name,kind,aliases,ambiguous,source,parent\na,A,k,,,s,b\nb,B,k,x;y,,s,a\n", "x8")
	f.Fuzz(func(t *testing.T, table, text string) {
		if len(table) > 1<<16 {
			return
		}
		var probs diag.List
		r := Load("d.csv", []byte(table), &probs)
		found := r.Find(text)
		if found.Known() && len(found.Candidates) > 0 {
			t.Errorf("%q is %+v", text, found)
		}
		if probs.Count(diag.Error) > 0 {
			return
		}
		for _, id := range r.IDs() {
			if got := r.Find(id); got.ID != id {
				t.Errorf("%s is %+v", id, got)
			}
		}
	})
}

func BenchmarkFind(b *testing.B) {
	r := Hardware()
	for b.Loop() {
		r.Find("8 x NVIDIA A100-SXM4-80GB")
	}
}
