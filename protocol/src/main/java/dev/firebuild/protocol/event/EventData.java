package dev.firebuild.protocol.event;

/**
 * What an event says, by subject. Which record goes with which CloudEvents type stands in {@link
 * EventType}.
 */
public sealed interface EventData
    permits BuildEvent,
        VmEvent,
        ImageEvent,
        NameEvent,
        WorkerEvent,
        CoordinatorEvent,
        UnknownEvent {}
