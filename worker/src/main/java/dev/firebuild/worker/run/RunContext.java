package dev.firebuild.worker.run;

import dev.firebuild.worker.host.Ext4;
import dev.firebuild.worker.image.ImageStore;
import dev.firebuild.worker.queue.Lookups;
import dev.firebuild.worker.vm.Machines;

/** What the runs of one worker share. */
record RunContext(
    WorkerIdentity worker,
    RunSettings settings,
    RunLayout layout,
    RunRecords records,
    Machines machines,
    ImageStore images,
    Lookups lookups,
    Ext4 ext4) {}
