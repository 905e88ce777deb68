// Package e2e tests the house as a whole: the command line as sessions in
// testdata/script, real libvirt and QEMU with the stand-in discs, and the
// structure of the house itself.
//
// A test that needs what the host lacks is skipped with the reason and the
// remedy; with E2E_STRICT=1, as `make test` sets it, it fails instead.
//
// Floor 7.
package e2e_test
