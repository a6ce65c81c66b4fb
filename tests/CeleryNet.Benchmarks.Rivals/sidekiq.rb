# ruby sidekiq.rb add|bulk|process COUNT REDIS-URL: two passes over the same work; of the second, warm one it tells "done SECONDS PROCESSOR-SECONDS SERVER-SECONDS".
require "sidekiq"
require "sidekiq/api"
require "sidekiq/cli" # makes this process a server, with as many connections as threads
require "sidekiq/launcher"

Role, Count, Url = ARGV[0], ARGV[1].to_i, ARGV[2]
Callers = 10
Bulk = 1000
Sidekiq.logger.level = Logger::WARN # at its default it would write two lines for each job
Redis.silence_deprecations = true # a warning for each command, as Debian's Sidekiq is older than its Redis client
Sidekiq.redis = { url: Url }

class Add
  include Sidekiq::Worker
  sidekiq_options queue: "bench-sidekiq"

  @lock, @ended = Mutex.new, Queue.new
  class << self
    def expect(count) = @left = count
    def end_one = @lock.synchronize { @ended << true if (@left -= 1) == 0 }
    def wait = @ended.pop
  end

  def perform(x, y)
    x + y
    Add.end_one
  end
end

def reading
  fields = File.read("/proc/#{ENV.fetch("CELERYNET_BENCH_REDIS_PID")}/stat").sub(/.*\) /, "").split(" ")
  [Process.clock_gettime(Process::CLOCK_MONOTONIC), Process.clock_gettime(Process::CLOCK_PROCESS_CPUTIME_ID), (fields[11].to_i + fields[12].to_i) / 100.0]
end

def add_each = Array.new(Callers) { |i| Thread.new { (Count / Callers + (i < Count % Callers ? 1 : 0)).times { Add.perform_async(1, 2) } } }.each(&:join)

def add_bulk = Count.times.each_slice(Bulk) { |slice| Sidekiq::Client.push_bulk("class" => Add, "args" => Array.new(slice.size) { [1, 2] }) }

def run
  Add.expect(Count)
  launcher = Sidekiq::Launcher.new(Sidekiq.options.merge(queues: ["bench-sidekiq"]))
  begin_at = reading
  launcher.run
  Add.wait
  told = reading.zip(begin_at).map { |now, before| now - before }
  launcher.stop
  told
end

def pass
  queue = Sidekiq::Queue.new("bench-sidekiq")
  if Role == "process"
    add_bulk
    told = run
  else
    begin_at = reading
    Role == "add" ? add_each : add_bulk
    told = reading.zip(begin_at).map { |now, before| now - before }
  end
  expected = Role == "process" ? 0 : Count
  raise "#{queue.size} jobs instead of #{expected}" if queue.size != expected
  queue.clear
  told
end

pass
puts "done #{pass.join(" ")}"
$stdout.flush
$stdin.read # lives until its standard input ends
