# Asks conntrack-persist what differs, has it do what is to be done, and passes its words on.
# SPDX-License-Identifier: LGPL-2.1-or-later
require 'json'
require 'open3'
require 'tempfile'
require 'puppet/util/diff'

Puppet::Type.type(:conntrack_persist).provide(:program) do
  include Puppet::Util::Diff

  desc 'The program conntrack-persist, in PATH or where it is usually installed.'

  # Says :absent, :present or :differs, and changes nothing.
  def look(should)
    @told = []
    @warned = []
    @differing = []
    @answer = {}
    should == :absent ? look_for_rest : look_for_differences
  end

  # What differs, or by now has been changed; of many their number.
  def summary
    return @differing.join(', ') if @differing.size <= 3
    files, others = @differing.partition { |name| name.start_with?('/') }
    values, modules = others.partition { |name| name.include?('.') }
    [count(files, 'file'), count(values, 'value'), count(modules, 'module')].compact.join(', ')
  end

  # What differs, line by line.
  def difference
    files = @answer.fetch('files', []).map { |file| file['diff'].to_s }.join
    values = differing_values(@answer).map { |value| "#{value['key']}: #{value['live']} -> #{value['wanted']}\n" }.join
    config_difference + files + values
  end

  def install
    written = config_differs? ? [config] : []
    write_config unless written.empty?
    answer = run(*force, *no_live, 'install')
    tell(answer)
    @differing = written + changes(answer)
    hold_strictly(@status)
  end

  def uninstall
    answer = program ? run(*force, *restore_live, 'uninstall') : {}
    tell(answer)
    removed = own_config? ? [config] : []
    removed.each { |path| File.unlink(path) }
    @differing = removed + changes(answer)
  end

  private

  def config
    '/etc/conntrack-persist.conf'
  end

  #
  # What differs
  #
  def look_for_differences
    # Under noop the package of it has not been installed, and nobody can say what it would write.
    return :absent if resource.noop? && !program
    @answer = plan
    refuse('install')
    tell(@answer)
    @differing = (config_differs? ? [config] : []) + changes(@answer) + modules_to_unload
    differs = config_differs? || @answer['would_change']
    # What a run would install it installs first, and fails then.
    hold_strictly(@answer['would_exit']) if resource.noop? || !differs
    return :present unless differs
    @answer['files'].all? { |file| file['action'] == 'create' } ? :absent : :differs
  end

  def look_for_rest
    record = '/var/lib/conntrack-persist/manifest'
    if program
      @answer = run(*force, *restore_live, '--dry-run', 'uninstall')
      refuse('uninstall') if resource.noop?
    elsif File.exist?(record)
      raise Puppet::Error, "#{record} tells of an installation, and conntrack-persist is not there to take it back"
    end
    @differing = (own_config? ? [config] : []) + changes(@answer)
    @differing.empty? ? :absent : :present
  end

  # The configuration may be one that is not written yet: the program reads it from elsewhere, with the drop-ins.
  def plan
    return run(*force, *no_live, 'plan') unless config_differs?
    Tempfile.create('conntrack-persist') do |file|
      file.write(resource[:config])
      file.close
      run(*force, *no_live, "--config=#{file.path}", '--drop-ins', 'plan', instead_of: file.path)
    end
  end

  # plan does not name them. Those that cannot be removed now are no difference that a run could take away.
  def modules_to_unload
    return [] if !resource.live? || @answer['mode'] != 'disable' || @answer['state'] != 'drift' || keeps_loaded?
    answer = run('--dry-run', 'unload', accept: [0, 2, 3])
    tell_once(:warning, texts(answer, 'error'))
    answer.fetch('removals', []).map { |removal| removal['name'] }
  end

  # As far as the main file tells.
  def keeps_loaded?
    text = resource[:config] || read_config || ''
    text.match?(/^\s*unload\s*=\s*(no|false|off|0)\s*(;|$)/)
  end

  # What the program would refuse fails before anything is written, and under noop as well.
  def refuse(verb)
    return unless @answer['refused']
    files = @answer['files'].reject { |file| file['action'] == 'none' }
    words = texts(@answer, 'warning')
    words = files.map { |file| "#{file['path']}: #{file['state']}; #{verb} is refused" } if words.empty?
    raise Puppet::Error, "conntrack-persist #{@answer['verb']}: #{words.join("\n")}"
  end

  # With strict, what is installed and not held is a failure. status: install's, 2 if something is not held.
  def hold_strictly(status)
    return unless resource.strict? && status == 2
    words = @warned.empty? ? ['a value is not held: run "conntrack-persist check"'] : @warned
    raise Puppet::Error, "not everything is held, and strict makes that a failure:\n#{words.join("\n")}"
  end

  # The names of what an answer tells to change, or to have changed.
  def changes(answer)
    files = answer.fetch('files', []).reject { |file| file['action'] == 'none' }
    removals = answer.fetch('removals', []).select { |removal| removal['action'] == 'removed' }
    files.map { |file| file['path'] } + differing_values(answer).map { |value| value['key'] } +
      removals.map { |removal| removal['name'] }
  end

  # In a container some are out of reach: install leaves them out, at each run.
  def differing_values(answer)
    answer.fetch('values', []).select do |value|
      answer['verb'] == 'plan' ? value['state'] == 'differs' && !value['out_of_reach'] : value['action'] == 'set'
    end
  end

  def count(names, what)
    "#{names.size} #{what}#{names.size == 1 ? '' : 's'}" unless names.empty?
  end

  #
  # The configuration
  #
  def config_differs?
    return false unless resource[:config]
    status = File.lstat(config)
    !status.file? || status.mode & 0o7777 != 0o644 || (Process.euid.zero? && status.uid != 0) ||
      status.size != resource[:config].bytesize || read_config != resource[:config].b
  rescue Errno::ENOENT
    true
  end

  # What the program reads of a configuration at most.
  def size_max
    4 * 1024 * 1024
  end

  # The content; nil where no regular file of that size lies there. A pipe is not waited for, and a link not followed.
  def read_config
    flags = File::RDONLY | File::NONBLOCK | File::NOFOLLOW | File::NOCTTY | File::BINARY
    File.open(config, flags) do |file|
      text = file.stat.file? ? file.read(size_max + 1) || ''.b : nil
      text if text && text.bytesize <= size_max
    end
  rescue Errno::ENOENT, Errno::ELOOP, Errno::ENXIO, Errno::ENODEV
    nil
  end

  # Whole or not at all: the program may read it at any moment, and a host may lose its power.
  def write_config
    temporary = "#{config}.puppet-#{Process.pid}"
    Dir.glob("#{config}.puppet-*").each do |left|
      File.unlink(left) if left == temporary || !File.exist?("/proc/#{left[/\d+\z/]}")
    end
    File.open(temporary, File::WRONLY | File::CREAT | File::EXCL) do |file|
      file.chmod(0o644)
      file.write(resource[:config])
      file.fsync
    end
    File.rename(temporary, config)
    File.open(File.dirname(config)) { |directory| directory.fsync }
  end

  # Whether it is this resource's to remove.
  def own_config?
    text = read_config
    !text.nil? && (text.start_with?('; Managed by Puppet') || text == resource[:config].to_s.b)
  end

  def config_difference
    return '' unless @differing.include?(config)
    with_file(read_config) do |before|
      with_file(resource[:ensure] == :absent ? nil : resource[:config]) do |after|
        words = diff(before, after)
        [before, after].each { |name| words = words.gsub(name, config) unless name == '/dev/null' }
        words
      end
    end
  end

  # Calls the block with the name of a file that has this text, or of none.
  def with_file(text)
    return yield '/dev/null' unless text
    Tempfile.create('conntrack-persist') do |file|
      file.binmode
      file.write(text)
      file.close
      yield file.path
    end
  end

  #
  # The program
  #
  def program
    folders = ENV['PATH'].to_s.split(':') + ['/usr/local/sbin', '/usr/sbin', '/sbin']
    paths = folders.map { |folder| File.join(folder, 'conntrack-persist') }
    paths.find { |path| File.file?(path) && File.executable?(path) }
  end

  def force
    resource.force? ? ['--force'] : []
  end

  def no_live
    resource.live? ? [] : ['--no-live']
  end

  def restore_live
    resource.restore_live? ? ['--live'] : []
  end

  # Its answer; fails with all that it says is wrong. instead_of: that file stands for the configuration.
  def run(*arguments, instead_of: nil, accept: [0, 2])
    path = program
    raise Puppet::Error, 'conntrack-persist is not installed: it is neither in PATH nor in an sbin folder' unless path
    output, errors, status = Open3.capture3(path, '--json', *arguments, stdin_data: '')
    output = output.force_encoding(Encoding::UTF_8).scrub
    output = output.gsub(instead_of, config) if instead_of
    answer = output.empty? ? {} : JSON.parse(output)
    @status = status.exitstatus
    return answer if accept.include?(@status)
    tell(answer)
    said = texts(answer, 'error')
    said = errors.lines.map(&:chomp) if said.empty?
    said = [status.signaled? ? "was killed by signal #{status.termsig}" : "exit #{status.exitstatus}"] if said.empty?
    raise Puppet::Error, "conntrack-persist #{arguments.last}: #{said.join("\n")}"
  rescue JSON::ParserError
    raise Puppet::Error, "conntrack-persist #{arguments.last}: its answer is no JSON: #{output}#{errors}"
  end

  def texts(answer, level)
    answer.fetch('messages', []).select { |message| message['level'] == level }.map { |message| message['text'] }
  end

  def tell(answer)
    @warned |= texts(answer, 'warning')
    tell_once(:warning, texts(answer, 'warning'))
    tell_once(:info, texts(answer, 'note'))
  end

  # Two verbs of one run may say the same.
  def tell_once(level, lines)
    (lines - @told).each { |line| resource.send(level, line) }
    @told |= lines
  end
end
