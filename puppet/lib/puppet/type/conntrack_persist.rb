# What conntrack-persist shall have installed on this host, as one resource; how: the provider.
# SPDX-License-Identifier: LGPL-2.1-or-later
require 'puppet/parameter/boolean'

Puppet::Type.newtype(:conntrack_persist) do
  @doc = "Connection tracking as configured: the configuration, the files of conntrack-persist and the values of
    the running kernel. Whether they are is judged by `conntrack-persist plan`, once a run, which changes nothing;
    `conntrack-persist install` brings them in order. There is one such resource a host.

        conntrack_persist { 'conntrack-persist':
          config => \"[conntrack]\\nmax = 1048576\\n\",
        }"

  newparam(:name, namevar: true) do
    desc 'Any name.'
  end

  newparam(:config) do
    desc 'The text of /etc/conntrack-persist.conf. It is written after the program has found no fault with it,
      together with the drop-ins that are there. Without it that file is left as it is.'

    validate do |text|
      raise ArgumentError, 'config is text' unless text.is_a?(String)
    end
  end

  newparam(:force, boolean: true, parent: Puppet::Parameter::Boolean) do
    desc 'Replace files that somebody else wrote or edited, of which copies are kept, and keep nf_conntrack off
      although somebody uses it.'
    defaultto false
  end

  newparam(:strict, boolean: true, parent: Puppet::Parameter::Boolean) do
    desc 'Whether the resource fails if everything is installed and a value is not held all the same: another program
      overrides it, it cannot become active, or a file of another program could not be read. With false each of these
      is a warning. In both cases the files are written and the values are set.'
    defaultto false
  end

  newparam(:live, boolean: true, parent: Puppet::Parameter::Boolean) do
    desc 'Whether to set the values in the running kernel. With false only the files are written.'
    defaultto true
  end

  newparam(:restore_live, boolean: true, parent: Puppet::Parameter::Boolean) do
    desc 'With absent, whether the running kernel gets the values again that were live before the first installation.'
    defaultto false
  end

  newparam(:show_diff, boolean: true, parent: Puppet::Parameter::Boolean) do
    desc 'Whether to show what changes in files and values, where Puppet shows differences at all.'
    defaultto true
  end

  ensurable do
    desc 'present: as configured; absent: nothing of it is left.'

    newvalue(:present) { provider.install }
    newvalue(:absent) { provider.uninstall }
    defaultto :present

    def retrieve
      provider.look(should)
    end

    def insync?(is)
      return true if super
      difference = show_diff? ? provider.difference : ''
      send_log(resource[:loglevel], "\n#{difference}") unless difference.empty?
      false
    end

    # What differs, in both modes: a run without noop tells what the program has done.
    def is_to_s(is)
      provider.summary.empty? ? is.to_s : "#{is} (#{provider.summary})"
    end

    def should_to_s(should)
      should.to_s
    end

    def change_to_s(_is, should)
      word = should == :absent ? 'removed' : 'installed'
      provider.summary.empty? ? word : "#{word}: #{provider.summary}"
    end

    private

    def show_diff?
      Puppet[:show_diff] && resource.show_diff?
    end
  end

  # Drop-ins, and the configuration where another resource writes it.
  autorequire(:file) do
    names = catalog ? catalog.resources.select { |other| other.type == :file }.map { |file| file[:path] } : []
    names.select { |path| path.to_s.start_with?('/etc/conntrack-persist.conf') }
  end
end
