package view_test

import (
	"strings"
	"testing"
	"time"

	"github.com/doublehop/doublehop/cmd/view"
	"github.com/doublehop/doublehop/provision/checkpoint"
	"github.com/doublehop/doublehop/provision/engine"
)

// What people see of checkpoints, at one moment.
func TestCheckpointsAreDrawnAsTheyWere(t *testing.T) {
	t.Parallel()
	made := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	now := made.Add(3 * time.Hour)
	key, other := strings.Repeat("ab12", 16), strings.Repeat("cd34", 16)
	shelf := engine.Shelf{
		Checkpoints: []engine.Kept{
			{Lab: "demo", Stage: "windows", Key: key, Made: made, LabTime: made.AddDate(-20, 0, 0), Bytes: 3 << 30, Machines: 2, Fits: "yes", Instances: []string{"demo", "class-01"}},
			{Lab: "demo", Stage: "exchange", Key: other, Made: made.Add(time.Hour), Bytes: 1 << 29, Machines: 2, Fits: "no", Warm: true},
			{Lab: "else\x1b[2J", Stage: "a", Key: other, Made: made, Bytes: 1, Machines: 1},
		},
		Broken: []checkpoint.Broken{{Volume: "dh-checkpoint-12.json", Why: "the manifest is cut short"}},
	}
	manifest := checkpoint.Manifest{
		Key: key, Lab: "demo", Stage: "forest", Made: made,
		Host:  checkpoint.Host{Libvirt: "9.0.0", QEMU: "7.2.22", Accelerator: "tcg"},
		Media: map[string]string{"windows": other},
		Machines: map[string]checkpoint.Machine{"dc01": {Disks: map[string]checkpoint.Disk{
			"system": {Volume: "dh-layer-ab12_system_demo.qcow2", Capacity: 16 << 30, Allocated: 3 << 30, SHA256: key},
			"data":   {Volume: "dh-layer-ab12_data_demo.qcow2", Capacity: 1 << 30, Allocated: 1 << 20},
		}, Memory: &checkpoint.Memory{Volume: "dh-memory-ab12_demo.save", Size: 200 << 20, SHA256: other}}},
		Proofs: []checkpoint.Proof{{Machine: "dc01", Step: "promote", Name: "ad.schema.objectVersion", Value: "30"}},
	}
	comparison := engine.Comparison{
		From: shelf.Checkpoints[0], To: shelf.Checkpoints[1],
		Machines: []engine.MachineComparison{
			{Machine: "dc01", Done: []string{"promote", "create_users"}},
			{Machine: "ex01", Why: []string{"memory 256 MiB → 384 MiB"}, Undone: []string{"install"}, Done: []string{"install", "join"}},
			{Machine: "ex02", Only: "to"},
		},
		Estate: []string{"forests.contoso.test.schema 13 → 30"}, Proofs: []string{"dc01 promote ad.schema.objectVersion (none) → 30"},
	}
	s := view.Style{Width: 100}
	text := strings.Join([]string{
		s.Checkpoints(shelf, false, now), s.Checkpoints(shelf, true, now), s.Checkpoints(engine.Shelf{}, false, now),
		s.Checkpoint(manifest, now), s.Comparison(comparison), s.Comparison(engine.Comparison{From: shelf.Checkpoints[0], To: shelf.Checkpoints[0]}),
		s.Examination(checkpoint.Examination{Disks: 6, Bytes: 7 << 30}),
		s.Examination(checkpoint.Examination{Disks: 2, Memories: 1, Bytes: 7 << 30}),
		s.Examination(checkpoint.Examination{
			Disks: 2, Bytes: 1 << 30, Unknown: []string{"dh-layer-old.qcow2"},
			Damaged: []checkpoint.Damage{{Volume: "dh-layer-ab12_system_demo.qcow2", Why: "its SHA-256 is 111111111111 and was 222222222222 when its checkpoint was made"}, {Volume: "dh-memory-ab12_demo.save", Why: "it is gone", Memory: true}},
		}),
		s.Usage(engine.Usage{
			Labs: []engine.LabUsage{{Lab: "demo", Checkpoints: 3, Bytes: 9 << 30}}, Shared: 2 << 30,
			Instances: []engine.InstanceUsage{{Instance: "class-01", Lab: "demo", Machines: 2, Bytes: 1 << 20}},
			Media:     600 << 20, Garbage: 5 << 20, Other: 1 << 10, Total: 12 << 30,
		}),
		s.Prune(engine.PruneReport{
			DryRun:      true,
			Checkpoints: []engine.PrunedCheckpoint{{Lab: "demo", Stage: "windows", Key: key, Made: made}},
			Volumes:     []engine.PrunedVolume{{Name: "dh-checkpoint-ab12.json", Bytes: 4096}}, Bytes: 4096,
		}),
	}, "----\n")
	golden(t, "checkpoints.txt", text)
	fits(t, text, 100)
	if strings.Contains(text, "\x1b") {
		t.Error("a foreign escape reached the terminal")
	}
}
