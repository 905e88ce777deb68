# Fetch the packages of packages.txt for i386, with an apt of its own, so that the machine's packages play no part.

# mirror prints the Debian mirror of this machine's apt, or debootstrap's default when apt knows none (as on Ubuntu).
mirror() {
	local site
	site=$(apt-get indextargets --format '$(SITE) $(ORIGIN)' 'Created-By: Packages' |
		sed -n 's,^\([^ ]*/debian/*\) Debian$,\1,p' | head -n 1)
	[ -n "$site" ] || site=$(sed -n 's/^DEF_MIRROR="\(.*\)"/\1/p' /usr/sbin/debootstrap)
	printf '%s\n' "$site"
}

# apt_for RELEASE COMMAND... runs apt-get as if on an empty i386 machine of RELEASE.
apt_for() {
	local release=$1 state=$out/apt/$1
	shift
	mkdir -p "$state/lists/partial" "$state/debs/partial"
	: >"$state/status"
	printf 'deb [arch=i386 signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] %s %s main\n' \
		"$(mirror)" "$release" >"$state/sources.list"
	apt-get -q -o APT::Architecture=i386 -o APT::Architectures::=i386 -o APT::Install-Recommends=0 \
		-o APT::Sandbox::User=root -o Acquire::Languages=none -o Acquire::IndexTargets::deb::DEP-11::DefaultEnabled=false \
		-o Dir::Etc::sourcelist="$state/sources.list" -o Dir::Etc::sourceparts=- \
		-o Dir::State::status="$state/status" -o Dir::State::lists="$state/lists" \
		-o Dir::Cache::archives="$state/debs" -o Dir::Cache::pkgcache= -o Dir::Cache::srcpkgcache= "$@"
}

# fetch_debs downloads the guest's packages with all they depend on, and the kernel's package alone.
fetch_debs() {
	local log=$out/apt.log image
	{
		apt_for "$GUEST_RELEASE" update
		# shellcheck disable=SC2046
		apt_for "$GUEST_RELEASE" install --yes --download-only $(listed guest)
		apt_for "$KERNEL_RELEASE" update
		rm -f "$out/apt/$KERNEL_RELEASE"/debs/*.deb # apt prints no address for what it already has
		image=$(apt_for "$KERNEL_RELEASE" install --print-uris --yes "$(listed kernel)" |
			sed -n "s,^'.*/\(linux-image-[0-9][^_]*\.[^_]*\)_.*,\1,p")
		(cd "$out/apt/$KERNEL_RELEASE/debs" && apt_for "$KERNEL_RELEASE" download "$image")
	} >"$log" 2>&1 || {
		tail -n 5 "$log" >&2
		return 1
	}
}
