package importers

import (
	"strconv"
	"strings"
	"testing"
)

const someClusters = `Name,Status,Certainty,Single cluster?,H100 equivalents,Chip type (primary),Chip quantity (primary),Country,Owner,First Operational Date,First Operational Date Note,Power Capacity (MW),Builds Upon,Possible Duplicate,Possible Duplicate Of,Chip type (secondary),Chip quantity (secondary),Exclude,Max OP/s (log),Decommissioned Date (if applicable),Note
xAI Colossus Memphis Phase 1,Existing,Confirmed,Yes,100000,NVIDIA H100 SXM5 80GB,100000.0,United States of America,xAI,2024-09-02,2024-09-02,140,,,,,,,20.3,,
xAI Colossus Memphis Phase 2,Existing,Likely,Yes,200000,NVIDIA H100 SXM5 80GB,150000.0,United States of America,xAI,2025-02-18,,280,xAI Colossus Memphis Phase 1,,,NVIDIA H200 SXM,50000.0,,20.6,,
"Jupiter, Jülich",Existing,Confirmed,Yes,,NVIDIA GH200,23536.0,Germany,"EuroHPC JU,Julich Supercomputing Center",2025-06-10,,18,,,,,,,,,"a note
of two lines"
Anonymized Chinese System,Existing,Confirmed,Yes,500,,,China,,2023-01-01,,,,,,,,,,,
Anonymized Chinese System,Existing,Confirmed,Yes,500,,,China,,2023-01-01,,,,,,,,,,,
Anonymized Chinese System,Existing,Confirmed,Yes,501,,,China,,2023-01-01,,,,,,,,,,,
Stargate,Planned,Likely,Yes,,NVIDIA GB300 (Blackwell Ultra),400000.0,United States of America,OpenAI,,Planned Q3 2026,1200,,,,,,,,,
Rumour,Existing,Unlikely,Unclear,,NVIDIA H100 SXM5 80GB,35000.0,,Tesla,2023-06-01,,,,,,,,,,,
Twin,Existing,Confirmed,Yes,,NVIDIA H100 SXM5 80GB,24576.0,United States of America,Meta AI,2024-03-12,,,,True,Meta GenAI 2024a,,,,,,
Perlmutter,Existing,Confirmed,Yes,,NVIDIA A100 SXM4 40 GB,6144.0,Korea (Republic of),US Department of Energy,2021-05-17,Q2 2021,,,,,NVIDIA A100 SXM4 80 GB,1024.0,,,,
Two of one number,Existing,Likely,No,,NVIDIA H100 SXM5 80GB,32000.0,,Lambda Labs,2024-03-12,,,,,,NVIDIA H200 SXM,,,,,
MN-1b,Decommissioned,Confirmed,Yes,,NVIDIA V100,512.0,Japan,Preferred Networks Inc,2018-07-30,,,,,,NVIDIA P100,1024.0,,,2021-07,
Cloud,Existing,Likely,Unclear,,NVIDIA A100,4000.0,"France,Germany",Amazon,2020-11-02,,,,,,,,,,,
Undated,Existing,Confirmed,Yes,,NVIDIA H100 SXM5 80GB,100.0,France,Somebody,,,,,,,,,,,,
`

func TestEpochClustersByTheirTraps(t *testing.T) {
	got := importFiles(t, "epoch-clusters", Options{}, text("gpu_clusters.csv", someClusters))
	if f := got.report.Files[0]; f.Records != 14 || f.Used != 6 || got.report.Rows != 8 {
		t.Fatalf("%+v\n%s", f, strings.Join(got.left, "\n"))
	}
	got.want(t, 0, `
		fleet_id: xai-colossus-memphis-phase-1
		hardware_id: nvidia-h100-sxm5-80gb
		region: USA
		in_service: 2024-09-02
		retired: -
		count: 100000
		count_basis: installed
		scope: volume
		quality: reported
		assumption: -
		origin_row: 1`)
	// A phase counts what it adds to the one before: 150,000 less the 100,000 of phase 1; those of another type count whole.
	got.want(t, 1, "fleet_id: xai-colossus-memphis-phase-2\ncount: 50000\nin_service: 2025-02-18")
	if a := got.rows[1]["assumption"]; !strings.Contains(a, "count: 150000 of the phase less the 100000 of the phase before") || !strings.Contains(a, "builds upon xAI Colossus Memphis Phase 1") {
		t.Error(a)
	}
	got.want(t, 2, "fleet_id: xai-colossus-memphis-phase-2-secondary\ncount: 50000\nhardware_id: nvidia-h200-sxm")
	got.want(t, 3, "fleet_id: jupiter-julich\nhardware_id: nvidia-gh200\nregion: DEU")
	if a := got.rows[3]["assumption"]; a != "owner is the first named of EuroHPC JU, Julich Supercomputing Center" {
		t.Error(a)
	}
	// A cluster of two types of chip is two rows of one record.
	got.want(t, 4, "fleet_id: perlmutter\nhardware_id: nvidia-a100-sxm4-40gb\ncount: 6144\nregion: KOR\norigin_row: 10\nassumption: first day in service: the source notes \"Q2 2021\"")
	got.want(t, 5, "fleet_id: perlmutter-secondary\nhardware_id: nvidia-a100-sxm4-80gb\ncount: 1024\norigin_row: 10")
	got.want(t, 6, "fleet_id: mn-1b-secondary\nhardware_id: nvidia-p100-pcie-16gb\nretired: 2021-07-31")
	got.want(t, 7, "fleet_id: cloud\nregion: -\nquality: modelled\nhardware_id: nvidia-a100-sxm4-40gb")
	if a := got.rows[7]["assumption"]; !strings.Contains(a, "the source rates the cluster as likely; a single cluster: unclear") {
		t.Error(a)
	}
	list := strings.Join(got.left, "\n")
	for _, want := range []string{
		"gpu_clusters.csv:7 | record | Anonymized Chinese System | stands in the file twice, word for word",
		"gpu_clusters.csv:8 | record | Anonymized Chinese System | no type of chip",
		"record | Stargate | planned (--planned takes it)",
		"record | Rumour | the source rates it as unlikely (--unlikely takes it)",
		"record | Twin | the source flags it as a possible duplicate (--possible-duplicates takes it)",
		"record | Two of one number | several types of chip, and not how many of each",
		"value | MN-1b primary NVIDIA V100 512.0 | the type of chip is not certain (--choose says what a name means)",
		"value | Cloud region France,Germany | several countries, and not how many devices are in each",
		"record | Undated | no first day in service",
		"column | H100 equivalents | a speed, and no number of devices",
		"column | Max OP/s (log) | repeats Max OP/s",
		"column | Power Capacity (MW) | power is of the use of a fleet, not of the fleet",
	} {
		if !strings.Contains(list, want) {
			t.Errorf("the list lacks %q:\n%s", want, list)
		}
	}
}

func TestEpochClustersThatAreAskedFor(t *testing.T) {
	got := importFiles(t, "epoch-clusters", Options{With: []string{"planned", "unlikely", "possible-duplicates", "later-phases"}}, text("gpu_clusters.csv", someClusters))
	if got.report.Files[0].Used != 9 {
		t.Fatalf("%+v", got.report.Files)
	}
	got.want(t, got.find(t, "fleet_id", "stargate"), "count_basis: planned\nin_service: 2026-09-30\nassumption: the source says \"Planned Q3 2026\": the last day of that is taken; the source rates the cluster as likely")
	got.want(t, got.find(t, "fleet_id", "rumour"), "quality: modelled")
	got.want(t, got.find(t, "fleet_id", "twin"), "assumption: may be the same as Meta GenAI 2024a")
	got.want(t, got.find(t, "fleet_id", "xai-colossus-memphis-phase-2"), "count: 150000")
	got.want(t, got.find(t, "fleet_id", "xai-colossus-memphis-phase-2-secondary"), "count: 50000\nhardware_id: nvidia-h200-sxm")
}

// The published file: the 52 records that stand in it twice, and those of the open edition's fleet, row for row.
func TestEpochClustersAsPublished(t *testing.T) {
	got := importFiles(t, "epoch-clusters", Options{With: []string{"planned", "later-phases"}}, published(t, "epoch-ai/gpu_clusters.csv"))
	f := got.report.Files[0]
	if f.Records != 786 || f.Used+f.Left != 786 || !hasReason(f, "stands in the file twice, word for word", 52) || !hasReason(f, "planned (--planned takes it)", 0) {
		t.Errorf("%+v", f)
	}
	for _, open := range openEdition(t, "fleet") {
		row := got.rows[got.find(t, "fleet_id", open["fleet_id"])]
		for _, column := range []string{"hardware_id", "region", "in_service", "retired", "count", "count_basis", "quality"} {
			switch {
			case open[column] == row[column]:
			case column == "region" && open[column] == "WOR" && row[column] == "": // the open edition says so
			default:
				t.Errorf("%s: %s is %q, in the open edition %q", open["fleet_id"], column, row[column], open[column])
			}
		}
	}
	got = importFiles(t, "epoch-clusters", Options{}, published(t, "epoch-ai/gpu_clusters.csv"))
	f = got.report.Files[0]
	// El Capitan: 44,544 MI300A less the 512 of its first phase. The three phases of Colossus add up to the 200,000 of the last.
	got.want(t, got.find(t, "fleet_id", "lawrence-livermore-nl-el-capitan-phase-2"), "count: 44032")
	colossus := 0.0
	for _, row := range got.rows {
		if n, err := strconv.ParseFloat(row["count"], 64); err == nil && strings.HasPrefix(row["fleet_id"], "xai-colossus-memphis-phase-") && row["hardware_id"] == "nvidia-h100-sxm5-80gb" {
			colossus += n
		}
	}
	if colossus != 200_000 {
		t.Errorf("Colossus has %v devices", colossus)
	}
	if f.Used != 257 || !hasReason(f, "planned (--planned takes it)", 168) || !hasReason(f, "the source flags it as a possible duplicate (--possible-duplicates takes it)", 89) {
		t.Errorf("%+v", f)
	}
}
